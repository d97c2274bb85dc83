locals {
  a = try(tonumber("x"), file("nope"), [][0], {}.a, null.b, 7)
}

output "o" {
  value = local.a
}
