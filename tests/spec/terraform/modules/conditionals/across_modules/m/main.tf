variable "on" {
  type = bool
}

variable "m" {
  type    = map(string)
  default = { k = "v" }
}

variable "l" {
  type    = list(string)
  default = []
}

output "a" {
  value = var.on ? 1 : "x"
}

output "b" {
  value = var.on ? { a = 1 } : var.m
}

output "c" {
  value = var.on ? [1, 2] : var.l
}

output "d" {
  value = var.on ? null : var.l
}
