variable "b" {
  type    = list
  default = ["x", 1]
}

variable "c" {
  type    = map
  default = { a = 1, b = "x" }
}

output "o" {
  value = [var.b, var.c]
}
