resource "terraform_data" "a" {
  lifecycle {
    ignore_changes = ["input"]
  }
}

output "o" {
  value = 1
}
