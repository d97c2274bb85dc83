a = 1

output "o" {
  value = 1
}
