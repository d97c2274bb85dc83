resource "terraform_data" "a" {
  input = terraform_data.b.input
  provisioner "local-exec" {
    command = "echo ${terraform_data.b.input}"
  }
}

resource "terraform_data" "b" {
  input = "v"
  provisioner "local-exec" {
    command = "echo ${terraform_data.a.input}"
  }
}
