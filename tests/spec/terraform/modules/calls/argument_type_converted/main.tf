module "m" {
  source = "./m"
  s      = 5
  n      = "5"
  b      = "true"
  l      = toset(["b", "a"])
  m      = { a = 1, b = "2" }
}

output "o" {
  value = module.m.o
}
