module "m" {
  source = "./m/"
}

module "n" {
  source = "./m/../m"
}

output "o" {
  value = [module.m.p, module.n.p]
}
