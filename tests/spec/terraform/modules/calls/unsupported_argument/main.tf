module "m" {
  source = "./m"
  w      = 1
}

output "o" {
  value = 1
}
