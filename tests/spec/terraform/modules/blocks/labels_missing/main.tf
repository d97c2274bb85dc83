resource "terraform_data" {
}

output "o" {
  value = 1
}
