resource "terraform_data" "a" {
}

resource "terraform_data" "b" {
  input            = null
  triggers_replace = ["x"]
}

output "input" {
  value = terraform_data.a.input
}

output "triggers" {
  value = [terraform_data.a.triggers_replace, terraform_data.b.triggers_replace]
}

output "output" {
  value = [terraform_data.a.output, terraform_data.b.output, terraform_data.b.input]
}

output "tried" {
  value = coalesce(terraform_data.a.input, "none")
}
