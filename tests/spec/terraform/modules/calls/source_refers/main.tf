locals {
  d = "./m"
}

module "m" {
  source = local.d
}

output "o" {
  value = 1
}
