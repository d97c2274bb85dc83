resource "terraform_data" "r" {
  for_each = "a"
}

output "o" {
  value = 1
}
