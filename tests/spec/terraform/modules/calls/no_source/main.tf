module "m" {
}

output "o" {
  value = 1
}
