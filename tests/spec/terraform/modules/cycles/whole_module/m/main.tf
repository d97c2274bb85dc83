variable "v" {}

output "o" {
  value = 1
}

output "p" {
  value = var.v
}
