output "a" {
  value     = 1
  sensitive = true
}

output "b" {
  value = 2
}
