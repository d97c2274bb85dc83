locals {
  x = true
}

resource "terraform_data" "a" {
  lifecycle {
    prevent_destroy = local.x
  }
}
