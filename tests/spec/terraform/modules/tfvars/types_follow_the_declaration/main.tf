variable "n" {
  type = number
}

variable "s" {
  type = string
}

variable "l" {
  type = set(string)
}

variable "o" {
  type = object({ a = number, b = optional(string, "db") })
}

variable "u" {}

output "o" {
  value = [var.n, var.s, var.l, var.o, var.u]
}
