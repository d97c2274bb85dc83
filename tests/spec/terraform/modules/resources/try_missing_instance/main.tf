resource "terraform_data" "r" {
  count = 0
  input = "x"
}

output "o" {
  value = [
    try(terraform_data.r[0].input, "none"),
    one(terraform_data.r[*].input),
    can(terraform_data.r[0]),
    length(terraform_data.r) > 0 ? terraform_data.r[0].input : "none",
    join(",", terraform_data.r[*].input),
  ]
}
