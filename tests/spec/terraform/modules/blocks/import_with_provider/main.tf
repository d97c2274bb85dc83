terraform {
  required_providers {
    other = { source = "terraform.io/builtin/terraform" }
  }
}
provider "other" {
  alias = "second"
}
resource "terraform_data" "a" {
  provider = other.second
}
import {
  to       = terraform_data.a
  id       = "x"
  provider = other.second
}
output "o" {
  value = 1
}
