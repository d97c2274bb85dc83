output "o" {
  value = "x"
}

module "m" {
  source = "./m"
}

output "s" {
  value = issensitive(module.m.a)
}
