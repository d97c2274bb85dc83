resource "terraform_data" "a" {
  input = "v"
  lifecycle {
    postcondition {
      condition     = terraform_data.a.input == "v"
      error_message = "no"
    }
  }
}

output "o" {
  value = terraform_data.a.input
}
