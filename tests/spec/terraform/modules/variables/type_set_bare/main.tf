variable "a" {
  type    = set
  default = []
}

output "o" {
  value = var.a
}
