output "o" {
  value = [try(provider::x::f("a"), "b"), can(provider::x("a"))]
}
