locals {
  n = "new"
}

output "n" {
  value = local.n
}
