resource "terraform_data" "a" {
  input = 1
}

resource "terraform_data" "b" {
  input      = 2
  depends_on = [terraform_data.a]
}

output "o" {
  value = terraform_data.b.input
}
