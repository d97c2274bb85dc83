locals {
  a = 2
}

variable "v" {
  default = 2
}

variable "v" {
  default = 3
}
