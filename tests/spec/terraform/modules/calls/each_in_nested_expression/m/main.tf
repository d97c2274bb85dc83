variable "v" {
  type = map(string)
}

output "v" {
  value = var.v
}
