module "m" {
  source = "./m"
  count  = 0
}

output "o" {
  value = [try(module.m[0].v, "none"), one(module.m[*].v), length(module.m)]
}
