module "a" {
  source     = "./m"
  depends_on = [module.b]
}

output "o" {
  value = 1
}
