variable "m" {
  type    = map(any)
  default = { a = [1], b = { c = 1 } }
}

output "o" {
  value = var.m
}
