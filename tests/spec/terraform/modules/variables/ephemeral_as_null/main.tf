variable "token" {
  type      = string
  default   = "t"
  ephemeral = true
}

locals {
  made = "${var.token}-b"
}

output "x" {
  value = ephemeralasnull(var.token)
}

output "y" {
  value = ephemeralasnull({ a = local.made, c = 1, d = [var.token, "k"] })
}

output "z" {
  value = ephemeralasnull(upper(var.token)) == null
}

output "sensitive" {
  value = issensitive(var.token)
}
