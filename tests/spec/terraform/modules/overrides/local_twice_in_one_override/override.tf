locals {
  a = 2
}

locals {
  a = 3
}
