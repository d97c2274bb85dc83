resource "terraform_data" "r" {
  dynamic "x" {
    for_each = [1]
    content {
    }
  }
}

output "o" {
  value = 1
}
