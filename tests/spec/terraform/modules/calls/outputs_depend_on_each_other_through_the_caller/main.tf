module "m" {
  source = "./m"
  second = "${module.m.first}!"
}

output "o" {
  value = [module.m.first, module.m.last]
}
