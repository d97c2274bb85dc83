variable "v" {
  type    = map(object({ n = number, o = optional(object({ p = optional(string, "dp") }), {}) }))
  default = { a = { n = 1 }, b = { n = "2", o = null }, c = { n = 3, o = { p = "given" } } }
}

output "o" {
  value = var.v
}
