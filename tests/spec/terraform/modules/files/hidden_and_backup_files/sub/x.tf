locals {
  a = "sub"
}
