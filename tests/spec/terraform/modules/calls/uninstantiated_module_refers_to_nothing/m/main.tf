output "v" {
  value = var.nope
}
