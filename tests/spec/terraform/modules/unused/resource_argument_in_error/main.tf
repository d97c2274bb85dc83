resource "terraform_data" "r" {
  count = 0
  input = 1 + "x"
}

output "o" {
  value = 1
}
