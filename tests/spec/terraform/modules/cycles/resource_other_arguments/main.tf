resource "terraform_data" "a" {
  input            = terraform_data.b.triggers_replace
  triggers_replace = "x"
}

resource "terraform_data" "b" {
  input            = terraform_data.a.triggers_replace
  triggers_replace = "y"
}

output "o" {
  value = 1
}
