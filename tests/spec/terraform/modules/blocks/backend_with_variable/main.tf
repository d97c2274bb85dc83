terraform {
  backend "local" {
    path = var.x
  }
}

variable "x" {
  default = "a"
}

output "o" {
  value = 1
}
