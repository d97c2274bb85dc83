resource "terraform_data" "a" {
  input = "v"
  connection {
    host = terraform_data.a.input
  }
  provisioner "local-exec" {
    command = "echo ${self.input}"
  }
}

output "o" {
  value = terraform_data.a.input
}
