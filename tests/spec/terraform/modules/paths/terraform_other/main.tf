output "o" {
  value = terraform.wrkspace
}
