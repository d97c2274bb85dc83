module "m" {
  source = "./m"
}

output "o" {
  value = [issensitive(module.m.a), issensitive(module.m.b), issensitive(module.m)]
}
