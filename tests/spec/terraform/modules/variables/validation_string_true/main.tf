variable "v" {
  default = "true"

  validation {
    condition     = var.v
    error_message = "Not allowed."
  }
}

output "o" {
  value = var.v
}
