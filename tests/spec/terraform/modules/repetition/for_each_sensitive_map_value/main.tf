resource "terraform_data" "r" {
  for_each = { a = sensitive("x") }
  input    = each.value
}

output "o" {
  value = [keys(terraform_data.r), issensitive(terraform_data.r["a"].input)]
}
