module "a" {
  source = "./m"
  v      = null
  w      = null
  x      = null
}

module "b" {
  source = "./m"
}

output "o" {
  value = [module.a, module.b]
}
