locals {
  café = 1
}

output "o" {
  value = local.café
}
