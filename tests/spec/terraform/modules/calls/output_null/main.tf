module "m" {
  source = "./m"
}

output "o" {
  value = [module.m.v == null, coalesce(module.m.v, "d")]
}
