module "m" {
  source = "./m"
  v      = keys(module.m)[0]
}

output "o" {
  value = 1
}
