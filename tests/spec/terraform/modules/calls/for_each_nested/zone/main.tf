variable "name" {}

variable "hosts" {
  type = set(string)
}

module "host" {
  source   = "./host"
  for_each = var.hosts
  fqdn     = "${each.value}.${var.name}"
}

output "name" {
  value = var.name
}

output "hosts" {
  value = [for h in module.host : h.fqdn]
}
