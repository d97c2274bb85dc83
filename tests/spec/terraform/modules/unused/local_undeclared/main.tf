locals {
  bad = local.nope
}

output "o" {
  value = 1
}
