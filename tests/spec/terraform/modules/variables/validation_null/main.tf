variable "v" {
  default = "a"

  validation {
    condition     = var.v == "a" ? null : true
    error_message = "Not allowed."
  }
}

output "o" {
  value = var.v
}
