locals {
  o = {
    a = 1
    b = local.o.a
  }
}

output "o" {
  value = 1
}
