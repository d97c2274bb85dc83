variable "v" {
  default = "a"

  validation {
    condition = var.v == "a"
  }
}

output "o" {
  value = var.v
}
