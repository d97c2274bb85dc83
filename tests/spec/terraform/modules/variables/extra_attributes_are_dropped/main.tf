variable "v" {
  type = object({ a = string })
  default = { a = 1, b = 2 }
}

output "o" {
  value = var.v
}
