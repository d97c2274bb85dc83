resource "terraform_data" "r" {
  count = 1.5
}

output "o" {
  value = 1
}
