locals {
  n = 1
}

resource "terraform_data" "a" {
  input = 1

  lifecycle {
    precondition {
      condition     = local.n == 2
      error_message = "not ok"
    }
  }
}

output "o" {
  value = 1
}
