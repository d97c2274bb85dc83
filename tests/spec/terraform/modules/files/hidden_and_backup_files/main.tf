locals {
  a = "base"
}

output "o" {
  value = local.a
}
