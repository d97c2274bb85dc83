resource "terraform_data" "r" {
  count = "2"
}

output "o" {
  value = length(terraform_data.r)
}
