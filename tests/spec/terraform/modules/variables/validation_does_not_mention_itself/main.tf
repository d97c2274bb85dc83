variable "v" {
  default = "a"

  validation {
    condition     = 1 == 1
    error_message = "Not allowed."
  }
}

output "o" {
  value = var.v
}
