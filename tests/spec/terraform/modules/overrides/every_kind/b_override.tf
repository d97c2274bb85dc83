variable "v" {
  default = "b"
}

output "p" {
  value = "b"
}
