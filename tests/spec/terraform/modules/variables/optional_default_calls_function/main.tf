variable "b" {
  type    = object({ a = optional(string, upper("x")) })
  default = {}
}

output "o" {
  value = var.b
}
