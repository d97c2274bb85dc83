resource "terraform_data" "a" {
}

resource "terraform_data" "r" {
  for_each = toset([terraform_data.a.id])
}

output "o" {
  value = 1
}
