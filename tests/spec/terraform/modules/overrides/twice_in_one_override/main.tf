locals {
  a = 1
}

variable "v" {
  default = 1
}

output "o" {
  value = [local.a, var.v]
}
