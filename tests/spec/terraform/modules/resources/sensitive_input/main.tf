variable "v" {
  default   = "p"
  sensitive = true
}

resource "terraform_data" "a" {
  input = { a = var.v, b = 1 }
}

output "o" {
  value = [issensitive(terraform_data.a.input.a), issensitive(terraform_data.a.input.b), terraform_data.a.input.b]
}
