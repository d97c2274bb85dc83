locals {
  zones = {
    a = ["x", "y"]
    b = []
  }
}

module "zone" {
  source   = "./zone"
  for_each = local.zones
  name     = each.key
  hosts    = each.value
}

output "o" {
  value = { for k, z in module.zone : k => z.hosts }
}

output "splat" {
  value = values(module.zone)[*].name
}

output "keys" {
  value = keys(module.zone)
}
