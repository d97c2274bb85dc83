locals {
  x = "local"
}

output "o" {
  value = [for local in ["loop"] : local]
}
