resource "terraform_data" "one" {
  input = { a = [1, { b = "deep" }] }
}

resource "terraform_data" "counted" {
  count = 3
  input = "c${count.index}"
}

resource "terraform_data" "keyed" {
  for_each = { x = 1, y = 2 }
  input    = "${each.key}=${each.value}"
}

resource "terraform_data" "of_set" {
  for_each = toset(["q", "p"])
  input    = "${each.key}${each.value}"
}

output "o" {
  value = [
    terraform_data.one.input.a[1].b,
    terraform_data.counted[0].input,
    terraform_data.counted[*].input,
    terraform_data.counted.*.input,
    terraform_data.counted.1.input,
    terraform_data.keyed["x"].input,
    { for k, r in terraform_data.keyed : k => r.input },
    values(terraform_data.keyed)[*].input,
    [for r in terraform_data.of_set : r.input],
    length(terraform_data.counted),
    keys(terraform_data.keyed),
    [for i, r in terraform_data.counted : "${i}${r.input}"],
    terraform_data.one[*].input,
    terraform_data.counted[length(terraform_data.counted) - 1].input,
    element(terraform_data.counted, 4).input,
    slice(terraform_data.counted[*].input, 1, 3),
    lookup(terraform_data.keyed, "x").input,
  ]
}
