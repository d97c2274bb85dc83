resource "terraform_data" "a" {
}

resource "terraform_data" "r" {
  count = length(terraform_data.a.id)
}

output "o" {
  value = 1
}
