variable "b" {
  type    = object({ a = list })
  default = { a = [] }
}

output "o" {
  value = var.b
}
