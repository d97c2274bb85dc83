locals {
  t = "hello $${name}%%{ if up }!%%{ endif }"
}

output "o" {
  value = templatestring(local.t, { name = "n", up = true })
}
