locals {
  c = "override_x is ordinary"
}
