resource "terraform_data" "r" {
  count = sensitive(1)
}

output "o" {
  value = 1
}
