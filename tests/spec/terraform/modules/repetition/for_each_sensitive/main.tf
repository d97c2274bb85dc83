resource "terraform_data" "r" {
  for_each = sensitive(toset(["a"]))
}

output "o" {
  value = 1
}
