resource "terraform_data" "a" {
  input = "a"
}

resource "terraform_data" "b" {
  input = "${terraform_data.a.input}b"
}

locals {
  c = "${terraform_data.b.input}c"
}

output "o" {
  value = local.c
}
