variable "a" {
  type    = text
  default = ""
}

output "o" {
  value = 1
}
