resource "terraform_data" "r" {
  count = 1
  input = "x"
}

output "o" {
  value = terraform_data.r["0"].input
}
