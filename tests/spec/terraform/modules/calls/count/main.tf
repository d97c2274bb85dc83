module "m" {
  source = "./m"
  count  = 2
  i      = count.index
}

module "none" {
  source = "./m"
  count  = 0
  i      = count.index
}

module "one" {
  source = "./m"
  count  = true ? "1" : 0
  i      = 7
}

output "o" {
  value = [module.m[*].o, module.m[1].o, module.none, module.one[0].o, length(module.none), module.m]
}
