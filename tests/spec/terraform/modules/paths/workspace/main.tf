output "o" {
  value = terraform.workspace == "default" ? 1 : 1
}
