locals {
  allowed = ["a", "b"]
}

variable "v" {
  default = "a"

  validation {
    condition     = contains(local.allowed, var.v)
    error_message = "Not allowed."
  }
}

output "o" {
  value = var.v
}
