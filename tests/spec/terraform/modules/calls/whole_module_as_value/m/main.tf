output "b" {
  value = [1]
}

output "a" {
  value = { x = null }
}
