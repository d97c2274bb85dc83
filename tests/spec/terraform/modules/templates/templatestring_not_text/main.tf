locals {
  t = "$${a}"
}

output "o" {
  value = templatestring(local.t, { a = [1] })
}
