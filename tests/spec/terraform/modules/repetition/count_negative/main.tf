resource "terraform_data" "r" {
  count = -1
}

output "o" {
  value = 1
}
