locals {
  a = try(local.b, 1)
  b = local.a
}

output "o" {
  value = local.a
}
