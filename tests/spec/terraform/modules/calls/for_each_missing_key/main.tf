module "m" {
  source   = "./m"
  for_each = { a = 1 }
}

output "o" {
  value = module.m["b"].v
}
