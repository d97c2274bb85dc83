module "m" {
  source  = "./m"
  version = "1.0"
}

output "o" {
  value = 1
}
