locals {
  t = "$${file(\"u.txt\")}"
}

output "o" {
  value = templatestring(local.t, {})
}
