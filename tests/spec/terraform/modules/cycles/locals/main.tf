locals {
  a = local.b
  b = "${local.c}"
  c = [for x in [1] : local.a]
}

output "o" {
  value = 1
}
