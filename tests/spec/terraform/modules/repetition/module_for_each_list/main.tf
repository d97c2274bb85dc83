module "m" {
  source   = "./m"
  for_each = ["a"]
}

output "o" {
  value = 1
}
