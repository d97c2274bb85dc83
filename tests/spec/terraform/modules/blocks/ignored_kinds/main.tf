terraform {
  required_version = ">= 1.0"

  backend "local" {
    path = "x.tfstate"
  }
}

provider "terraform" {
}

resource "terraform_data" "new" {
  input = 1
}

moved {
  from = terraform_data.old
  to   = terraform_data.new
}

removed {
  from = terraform_data.gone

  lifecycle {
    destroy = false
  }
}

check "c" {
  assert {
    condition     = terraform_data.new.input == 1
    error_message = "no"
  }
}

output "o" {
  value = terraform_data.new.input
}
