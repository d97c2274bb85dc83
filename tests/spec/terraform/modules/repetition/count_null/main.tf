resource "terraform_data" "r" {
  count = null
}

output "o" {
  value = 1
}
