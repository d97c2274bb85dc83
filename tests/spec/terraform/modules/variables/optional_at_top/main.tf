variable "a" {
  type    = optional(string)
  default = ""
}

output "o" {
  value = 1
}
