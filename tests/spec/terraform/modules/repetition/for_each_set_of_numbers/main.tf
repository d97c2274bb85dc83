resource "terraform_data" "r" {
  for_each = toset([1, 2])
}

output "o" {
  value = 1
}
