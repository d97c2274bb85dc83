resource "terraform_data" "r" {
  count = 1
  input = each.value
}

output "o" {
  value = 1
}
