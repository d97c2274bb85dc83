variable "v" {
  default   = "e"
  ephemeral = true
}

locals {
  x = "${var.v}!"
}

output "o" {
  value = 1
}
