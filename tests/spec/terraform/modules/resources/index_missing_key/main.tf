resource "terraform_data" "r" {
  for_each = toset(["a"])
}

output "o" {
  value = terraform_data.r["b"].id
}
