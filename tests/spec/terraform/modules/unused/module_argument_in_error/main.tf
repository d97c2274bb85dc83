module "m" {
  source = "./m"
  v      = 1 + "x"
}

output "o" {
  value = 1
}
