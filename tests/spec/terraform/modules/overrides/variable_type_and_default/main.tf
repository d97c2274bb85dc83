variable "v" {
  type    = string
  default = "5"
}

output "o" {
  value = [var.v, var.w]
}

variable "w" {
  type    = list(string)
  default = ["a"]
}
