variable "v" {
  validation {
    condition     = length(var.v) > 100
    error_message = "Short."
  }
}
