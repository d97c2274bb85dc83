terraform {
  required_version = ">= 1.0"
}

terraform {
  required_providers {
  }
}

output "o" {
  value = 1
}
