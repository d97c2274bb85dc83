resource "terraform_data" "r" {
  for_each = toset(["a", sensitive("b")])
}

output "o" {
  value = 1
}
