resource "terraform_data" "r" {
  for_each = toset(["a"])
  input    = count.index
}

output "o" {
  value = 1
}
