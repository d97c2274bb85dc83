resource "terraform_data" "r" {
  count = 1
  input = 1
}

output "o" {
  value = terraform_data.r.input
}
