variable "v" {
  type        = string
  default     = "base"
  description = "d"
}

locals {
  a = "base"
  b = "kept"
}

output "o" {
  value = [var.v, local.a, local.b]
}

output "p" {
  value = "base"
}

module "m" {
  source = "./m"
  x      = "base"
  y      = "kept"
}

output "m" {
  value = module.m.o
}

resource "terraform_data" "r" {
  input            = "base"
  triggers_replace = "kept"
}

output "r" {
  value = [terraform_data.r.input, terraform_data.r.triggers_replace]
}
