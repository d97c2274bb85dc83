module "m" {
  source   = "./m"
  for_each = { v = 1 }
}

output "o" {
  value = module.m.v
}
