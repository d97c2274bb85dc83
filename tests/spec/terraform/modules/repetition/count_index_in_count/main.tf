resource "terraform_data" "r" {
  count = count.index
}

output "o" {
  value = 1
}
