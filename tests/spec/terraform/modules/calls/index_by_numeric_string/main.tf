module "m" {
  source = "./m"
  count  = 2
  v      = count.index
}

module "k" {
  source   = "./m"
  for_each = toset(["1"])
  v        = each.key
}

output "o" {
  value = [module.m["1"].v, module.k[1].v]
}
