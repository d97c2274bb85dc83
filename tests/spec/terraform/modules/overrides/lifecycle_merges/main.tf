resource "terraform_data" "r" {
  input = "a"

  lifecycle {
    create_before_destroy = true
  }
}

output "o" {
  value = terraform_data.r.input
}
