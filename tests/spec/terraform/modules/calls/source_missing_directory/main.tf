module "m" {
  source = "./nowhere"
}

output "o" {
  value = 1
}
