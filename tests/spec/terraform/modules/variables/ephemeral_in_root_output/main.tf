variable "v" {
  default   = "e"
  ephemeral = true
}

output "o" {
  value = var.v
}
