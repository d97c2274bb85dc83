resource "terraform_data" "r" {
  for_each = toset(["a", null])
}

output "o" {
  value = 1
}
