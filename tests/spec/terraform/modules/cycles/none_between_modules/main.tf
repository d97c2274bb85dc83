module "a" {
  source = "./a"
  x      = module.b.y
}

module "b" {
  source = "./b"
  p      = module.a.fixed
}

output "o" {
  value = [module.a.got, module.b.q]
}
