resource "terraform_data" "a" {
  count = 2
  input = count.index
}

resource "terraform_data" "b" {
  count = length(terraform_data.a)
  input = terraform_data.a[count.index].input * 10
}

resource "terraform_data" "c" {
  for_each = { for i, r in terraform_data.a : "k${i}" => r.input }
  input    = each.value
}

output "o" {
  value = [terraform_data.b[*].input, { for k, r in terraform_data.c : k => r.input }]
}
