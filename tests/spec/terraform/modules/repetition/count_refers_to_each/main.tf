resource "terraform_data" "r" {
  count = each.value
}

output "o" {
  value = 1
}
