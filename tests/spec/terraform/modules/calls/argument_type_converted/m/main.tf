variable "s" {
  type = string
}

variable "n" {
  type = number
}

variable "b" {
  type = bool
}

variable "l" {
  type = list(string)
}

variable "m" {
  type = map(number)
}

output "o" {
  value = [var.s, var.n, var.b, var.l, var.m]
}
