resource "terraform_data" "r" {
  lifecycle {
    ignore_changes = [input]
  }

  lifecycle {
    prevent_destroy = true
  }
}

output "o" {
  value = 1
}
