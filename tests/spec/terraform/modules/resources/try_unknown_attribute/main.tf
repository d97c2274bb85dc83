resource "terraform_data" "r" {
  input = 1
}

output "o" {
  value = try(terraform_data.r.nope, "none")
}
