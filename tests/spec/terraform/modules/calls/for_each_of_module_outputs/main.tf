module "a" {
  source   = "./m"
  for_each = { x = 1, y = 2 }
  v        = each.value
}

module "b" {
  source   = "./m"
  for_each = module.a
  v        = each.value.o * 10
}

output "o" {
  value = { for k, m in module.b : k => m.o }
}
