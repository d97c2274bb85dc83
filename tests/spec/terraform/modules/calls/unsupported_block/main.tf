module "m" {
  source = "./m"
  v {
  }
}

output "o" {
  value = 1
}
