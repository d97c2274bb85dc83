resource "terraform_data" "r" {
  for_each = toset(["a"])
  input    = each.name
}

output "o" {
  value = 1
}
