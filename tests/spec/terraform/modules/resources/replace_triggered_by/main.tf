resource "terraform_data" "a" {
  input = 1

  lifecycle {
    replace_triggered_by = [terraform_data.nope.id]
  }
}

output "o" {
  value = 1
}
