resource "terraform_data" "a" {
  input = "v"
  provisioner "local-exec" {
    when       = destroy
    on_failure = continue
    command    = "true"
  }
}
output "o" {
  value = 1
}
