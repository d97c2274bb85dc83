locals {
  b = "myoverride is ordinary"
}
