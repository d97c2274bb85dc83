variable "1a" {
  default = "dash"
}

output "o" {
  value = 1
}
