output "o" {
  value = try(terraform_data.nope.input, "none")
}
