resource "terraform_data" "r" {
  count = 1
}

output "o" {
  value = terraform_data.r[1].id
}
