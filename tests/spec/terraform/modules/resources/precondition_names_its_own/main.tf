resource "terraform_data" "a" {
  input = "v"
  lifecycle {
    precondition {
      condition     = terraform_data.a.input == "v"
      error_message = "no"
    }
  }
}
