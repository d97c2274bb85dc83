variable "v" {
  validation {
    condition     = var.v == "a"
    error_message = "must be a"
  }
}
