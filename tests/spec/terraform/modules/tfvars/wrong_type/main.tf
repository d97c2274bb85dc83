variable "a" {
  type = number
}

output "o" {
  value = 1
}
