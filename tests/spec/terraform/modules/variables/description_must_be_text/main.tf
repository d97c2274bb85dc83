variable "v" {
  default     = 1
  description = "plain"
}

output "o" {
  value = var.v
}
