variable "v" {
  default = "a"

  validation {
    condition     = var.v == "b"
    error_message = "must be b"
  }
}

output "o" {
  value = var.v
}
