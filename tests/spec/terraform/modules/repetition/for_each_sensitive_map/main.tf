resource "terraform_data" "r" {
  for_each = sensitive({ a = "x" })
}

output "o" {
  value = 1
}
