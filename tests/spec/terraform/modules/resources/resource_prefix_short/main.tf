output "o" {
  value = resource.terraform_data
}
