resource "terraform data" "c" {}
