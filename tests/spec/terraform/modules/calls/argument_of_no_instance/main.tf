module "m" {
  source = "./m"
  count  = 0
  v      = ["a", "b", "c"]
}
output "o" {
  value = module.m
}
