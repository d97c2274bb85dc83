locals {
  t = "$${a}"
  m = { k = ["$${a}-"] }
}

output "o" {
  value = [templatestring(local.t, { a = 1 }), templatestring(local.m["k"][0], { a = true })]
}
