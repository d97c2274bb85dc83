resource "terraform_data" "r" {
  count = 150
  input = count.index
}

output "o" {
  value = sum(terraform_data.r[*].input)
}
