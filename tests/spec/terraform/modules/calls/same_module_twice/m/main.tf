variable "v" {}

output "o" {
  value = var.v * 10
}
