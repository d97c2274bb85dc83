resource "terraform_data" "r" {
  count = 2
  input = 1
}

output "o" {
  value = [for k, v in terraform_data.r : v.input]
}
