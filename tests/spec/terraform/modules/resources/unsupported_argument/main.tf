resource "terraform_data" "r" {
  inputs = 1
}

output "o" {
  value = 1
}
