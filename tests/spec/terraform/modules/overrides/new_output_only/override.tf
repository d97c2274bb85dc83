locals {
  n = "new"
}
