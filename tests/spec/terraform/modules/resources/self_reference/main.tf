resource "terraform_data" "r" {
  input = terraform_data.r.id
}

output "o" {
  value = 1
}
