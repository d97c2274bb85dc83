variable "größe" {
  default = "ä"
}

locals {
  "é" = 1
}
