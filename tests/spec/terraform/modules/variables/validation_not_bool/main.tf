variable "v" {
  default = "a"

  validation {
    condition     = "yes ${var.v}"
    error_message = "Not allowed."
  }
}

output "o" {
  value = var.v
}
