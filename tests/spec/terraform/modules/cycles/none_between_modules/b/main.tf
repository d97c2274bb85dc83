variable "p" {}

output "y" {
  value = "y"
}

output "q" {
  value = "q ${var.p}"
}
