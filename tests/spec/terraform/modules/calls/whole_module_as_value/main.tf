module "m" {
  source = "./m"
}

locals {
  whole = module.m
}

output "o" {
  value = [local.whole, keys(local.whole), { for k, v in module.m : k => v }]
}
