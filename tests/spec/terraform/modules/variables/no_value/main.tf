variable "v" {
  type = string
}

output "o" {
  value = 1
}
