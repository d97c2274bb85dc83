resource "terraform_data" "r" {
  for_each = toset(["1", "2"])
  input    = each.key
}

output "o" {
  value = [terraform_data.r["1"].input, terraform_data.r[2].input]
}
