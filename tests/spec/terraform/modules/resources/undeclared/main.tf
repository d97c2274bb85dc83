output "o" {
  value = terraform_data.nope.input
}
