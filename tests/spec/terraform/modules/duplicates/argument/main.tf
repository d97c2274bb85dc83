resource "terraform_data" "r" {
  input = 1
  input = 2
}

output "o" {
  value = 1
}
