module "a" {
  source = "./m"
  v      = module.a.o
}

output "o" {
  value = 1
}
