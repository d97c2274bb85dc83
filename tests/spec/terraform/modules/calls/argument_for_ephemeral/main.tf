module "m" {
  source = "./m"
  v      = null
  w      = {}
}

output "o" {
  value = module.m
}
