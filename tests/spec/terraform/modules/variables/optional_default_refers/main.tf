locals {
  x = 1
}

variable "b" {
  type    = object({ a = optional(string, local.x) })
  default = {}
}

output "o" {
  value = var.b
}
