module "m" {
  source = "./m"
  n      = "five"
}

output "o" {
  value = 1
}
