resource "terraform_data" "a" {
  input = "v"
  provisioner "local-exec" {
    command = "echo ${terraform_data.a.input}"
  }
}

output "o" {
  value = terraform_data.a.input
}
