resource "terraform_data" "r" {
  count = 2
  input = 1
}

output "o" {
  value = length(terraform_data.r)
}
