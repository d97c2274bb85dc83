variable "v" {
  default = "ab"

  validation {
    condition     = length(var.v) > 1
    error_message = "Too short."
  }

  validation {
    condition     = startswith(var.v, "a")
    error_message = "Must begin with a."
  }
}

output "o" {
  value = var.v
}
