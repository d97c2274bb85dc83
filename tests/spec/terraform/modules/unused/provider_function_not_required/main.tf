locals {
  a = provider::x::f("a")
}

output "o" {
  value = 1
}
