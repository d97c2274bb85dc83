resource "terraform_data" "r" {
  for_each = {}
}

output "o" {
  value = [terraform_data.r, length(terraform_data.r)]
}
