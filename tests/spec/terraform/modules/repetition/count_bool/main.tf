resource "terraform_data" "r" {
  count = true
}

output "o" {
  value = 1
}
