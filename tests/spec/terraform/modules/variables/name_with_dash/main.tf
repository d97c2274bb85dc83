variable "a-b" {
  default = "dash"
}

locals {
  c-d = var.a-b
}

output "o" {
  value = local.c-d
}
