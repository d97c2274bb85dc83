resource "terraform_data" "r" {
  for_each = tomap({ b = ["2"], a = [] })
  input    = length(each.value)
}

output "o" {
  value = [for r in terraform_data.r : r.input]
}
