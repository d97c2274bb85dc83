module "m" {
  source = "./a"
  v      = 1
}

output "o" {
  value = module.m.o
}
