resource "terraform_data" "a" {
}

resource "terraform_data" "r" {
  for_each = { k = terraform_data.a.id }
  input    = "${each.key}!"
}

output "o" {
  value = terraform_data.r["k"].input
}
