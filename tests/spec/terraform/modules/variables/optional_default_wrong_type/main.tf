variable "v" {
  type    = object({ a = optional(number, "x") })
  default = {}
}

output "o" {
  value = 1
}
