resource "terraform_data" "r" {
  for_each = tolist(["a"])
}

output "o" {
  value = 1
}
