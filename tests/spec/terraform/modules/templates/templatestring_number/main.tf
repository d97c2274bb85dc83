locals {
  t = 5
}

output "o" {
  value = templatestring(local.t, {})
}
