resource "terraform_data" "a" {
  _ {
    input = "x"
  }
}

output "o" {
  value = terraform_data.a.input
}
