resource "terraform_data" "r" {
}

output "o" {
  value = fileexists(terraform_data.r.id)
}
