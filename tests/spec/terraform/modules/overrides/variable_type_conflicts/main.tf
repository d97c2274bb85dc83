variable "v" {
  type    = string
  default = "x"
}

output "o" {
  value = 1
}
