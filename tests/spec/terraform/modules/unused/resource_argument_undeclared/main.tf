resource "terraform_data" "r" {
  count = 0
  input = local.nope
}

output "o" {
  value = 1
}
