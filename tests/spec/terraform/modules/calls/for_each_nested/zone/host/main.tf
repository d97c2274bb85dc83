variable "fqdn" {
  type = string
}

output "fqdn" {
  value = upper(var.fqdn)
}
