variable "a" {
  type    = tuple([object({ x = optional(number, 1) }), list(object({ y = optional(string, "dy") }))])
  default = [{}, [{}, { y = 2 }]]
}

output "o" {
  value = var.a
}
