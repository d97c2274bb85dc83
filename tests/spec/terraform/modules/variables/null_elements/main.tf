variable "v" {
  type    = list(object({ a = optional(string, "da") }))
  default = [null, {}]
}

variable "m" {
  type    = map(object({ a = optional(string, "da") }))
  default = { x = null }
}

output "o" {
  value = [var.v, var.m]
}
