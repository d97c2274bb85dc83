variable "i" {}

output "o" {
  value = "i=${var.i}"
}

output "p" {
  value = null
}
