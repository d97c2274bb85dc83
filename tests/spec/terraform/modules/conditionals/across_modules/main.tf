module "m" {
  source = "./m"
  on     = true
}

output "o" {
  value = [module.m.a, module.m.b, module.m.c, module.m.d]
}
