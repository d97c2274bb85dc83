output "good" {
  value = 1
}

output "bad" {
  value = [][0]
}
