module "a" {
  source = "./m"
  v      = 1
}

module "b" {
  source = "./m"
  v      = module.a.o + 1
}

output "o" {
  value = [module.a.o, module.b.o]
}
