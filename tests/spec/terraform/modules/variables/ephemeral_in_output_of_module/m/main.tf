variable "token" {
  ephemeral = true
}

output "o" {
  value     = "x-${var.token}"
  ephemeral = true
}
