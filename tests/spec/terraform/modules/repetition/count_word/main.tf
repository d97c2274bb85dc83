resource "terraform_data" "r" {
  count = "two"
}

output "o" {
  value = 1
}
