module "m" {
  source = "./m"
  count  = length(module.m)
}

output "o" {
  value = 1
}
