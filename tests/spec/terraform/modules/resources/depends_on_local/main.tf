locals {
  x = 1
}

resource "terraform_data" "b" {
  depends_on = [local.x]
}

output "o" {
  value = 1
}
