module "m" {
  source   = "./m"
  for_each = { x = { n = [1, 2] } }
  v        = { for i, n in each.value.n : "${each.key}${i}" => n }
}

output "o" {
  value = module.m["x"].v
}
