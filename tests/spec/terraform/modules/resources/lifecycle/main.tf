resource "terraform_data" "a" {
  input = 1

  lifecycle {
    prevent_destroy       = false
    create_before_destroy = true
    ignore_changes        = [input]
    replace_triggered_by  = [terraform_data.b]

    precondition {
      condition     = local.ok
      error_message = "not ok"
    }

    postcondition {
      condition     = self.input == 1
      error_message = "not one"
    }
  }
}

resource "terraform_data" "b" {
}

locals {
  ok = true
}

output "o" {
  value = terraform_data.a.input

  precondition {
    condition     = local.ok
    error_message = "not ok"
  }
}
