variable "v" {
  default = "a"
}

locals {
  a = "a"
}

output "p" {
  value = "a"
}

module "m" {
  x = "over"
}

resource "terraform_data" "r" {
  input = "over"
}
