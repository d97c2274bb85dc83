variable "v" {
  default = "d"
}

output "v" {
  value = var.v
}
