locals {
  a = "hidden"
}
