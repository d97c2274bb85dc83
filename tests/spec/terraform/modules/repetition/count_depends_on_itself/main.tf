resource "terraform_data" "r" {
  count = length(terraform_data.r) + 1
}

output "o" {
  value = 1
}
