variable "v" {
  default = 1 + 2
}

variable "w" {
  default = [for x in [1, 2] : x * 2]
}

variable "c" {
  default = true ? "${1}-${2}" : "b"
}

output "o" {
  value = [var.v, var.w, var.c]
}
