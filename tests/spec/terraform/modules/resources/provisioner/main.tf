resource "terraform_data" "a" {
  input = 1

  provisioner "local-exec" {
    command = "echo ${self.input}"
  }

  connection {
    host = "h"
  }
}

output "o" {
  value = terraform_data.a.input
}
