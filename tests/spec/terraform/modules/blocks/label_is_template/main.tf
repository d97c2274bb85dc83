locals {
  n = "x"
}

resource "terraform_data" "${local.n}" {
}

output "o" {
  value = 1
}
