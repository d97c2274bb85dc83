variable "v" {
  default = "a"

  validation {
    condition     = tonumber(var.v) > 1
    error_message = "Not allowed."
  }
}

output "o" {
  value = var.v
}
