module "m" {
  source = "./m"
}

output "o" {
  value = try(module.m.nope, "none")
}
