locals {
  a = "native"
}

output "o" {
  value = [local.a, local.b]
}
