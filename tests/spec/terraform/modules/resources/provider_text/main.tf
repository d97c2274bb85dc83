resource "terraform_data" "a" {
  provider = "terraform"
}

output "o" {
  value = 1
}
