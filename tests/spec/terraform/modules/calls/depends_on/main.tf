module "a" {
  source = "./m"
  v      = "a"
}

module "b" {
  source     = "./m"
  v          = "b"
  depends_on = [module.a, terraform_data.r]
}

resource "terraform_data" "r" {
  depends_on = [module.a.o]
}

output "o" {
  value      = module.b.o
  depends_on = [module.a]
}
