module "m" {
  source = "./m"
  v      = each.key
}

output "o" {
  value = 1
}
