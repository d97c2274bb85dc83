resource "terraform_data" "r" {
  for_each = toset(["a"])
  input    = 1
}

output "o" {
  value = terraform_data.r.input
}
