locals {
  a = "base"
}

output "o" {
  value = [local.a, local.b, local.c]
}
