variable "v" {
  nullable = false
}

output "v" {
  value = var.v
}
