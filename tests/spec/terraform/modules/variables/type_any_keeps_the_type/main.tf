variable "v" {
  type    = any
  default = { a = 1, b = "x", c = [true] }
}

variable "l" {
  type    = list(any)
  default = [1, "a", true]
}

variable "m" {
  type    = map(any)
  default = { a = [1], b = [2, 3] }
}

variable "s" {
  type    = set(any)
  default = [3, 1, 2, 1]
}

output "o" {
  value = [var.v, var.l, var.m, var.s]
}
