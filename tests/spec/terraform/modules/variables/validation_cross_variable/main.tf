variable "min" {
  default = 5
}

variable "max" {
  default = 4

  validation {
    condition     = var.max >= var.min
    error_message = "max must not be below min (${var.min})."
  }
}

output "o" {
  value = 1
}
