resource "terraform_data" "1r" {
}

output "o" {
  value = 1
}
