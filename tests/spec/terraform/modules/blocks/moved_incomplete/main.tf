moved {
  from = terraform_data.old
}

output "o" {
  value = 1
}
