variable "v" {
  default = "ab"

  validation {
    condition     = length(var.v) > 1
    error_message = "Too short."
  }

  validation {
    condition     = startswith(var.v, "b")
    error_message = "Must begin with b."
  }
}

output "o" {
  value = 1
}
