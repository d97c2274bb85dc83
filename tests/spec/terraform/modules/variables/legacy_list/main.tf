variable "a" {
  type    = "list"
  default = ["x"]
}

output "o" {
  value = var.a
}
