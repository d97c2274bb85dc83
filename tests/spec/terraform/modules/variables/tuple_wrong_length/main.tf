variable "a" {
  type    = tuple([string, number])
  default = ["a"]
}

output "o" {
  value = 1
}
