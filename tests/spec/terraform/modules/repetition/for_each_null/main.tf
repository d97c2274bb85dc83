resource "terraform_data" "r" {
  for_each = null
}

output "o" {
  value = 1
}
