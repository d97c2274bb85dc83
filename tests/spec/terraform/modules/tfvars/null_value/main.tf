variable "a" {
  default = "d"
}

variable "b" {
  default  = "d"
  nullable = false
}

output "o" {
  value = [var.a, var.b]
}
