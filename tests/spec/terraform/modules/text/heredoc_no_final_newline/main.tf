locals {
  a = <<E
x
E
}
output "o" {
  value = local.a
}