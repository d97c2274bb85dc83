variable "a" {
  type    = object
  default = {}
}

output "o" {
  value = var.a
}
