variable "v" {
  type    = object({ a = string })
  default = null

  validation {
    condition     = var.v == null || length(var.v.a) > 0
    error_message = "Empty."
  }
}

output "o" {
  value = 1
}
