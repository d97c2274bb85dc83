resource "terraform_data" "r" {
  count = 2
  input = count.index == 0 ? "x" : terraform_data.r[0].input
}

output "o" {
  value = 1
}
