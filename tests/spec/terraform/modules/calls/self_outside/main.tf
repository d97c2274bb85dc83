resource "terraform_data" "r" {
  input = self.id
}

output "o" {
  value = 1
}
