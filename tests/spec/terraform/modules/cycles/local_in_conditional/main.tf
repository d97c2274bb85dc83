locals {
  a = true ? 1 : local.a
}

output "o" {
  value = local.a
}
