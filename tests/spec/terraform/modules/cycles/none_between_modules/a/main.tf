variable "x" {}

output "fixed" {
  value = "fixed"
}

output "got" {
  value = "got ${var.x}"
}
