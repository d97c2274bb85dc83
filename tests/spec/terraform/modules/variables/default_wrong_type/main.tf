variable "v" {
  type    = list(number)
  default = ["a"]
}

output "o" {
  value = 1
}
