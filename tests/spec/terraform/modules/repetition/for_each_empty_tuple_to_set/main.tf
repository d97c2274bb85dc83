resource "terraform_data" "r" {
  for_each = toset([])
}

output "o" {
  value = terraform_data.r
}
