variable "v" {
  default   = "p"
  sensitive = true
}

output "o" {
  value = { a = [var.v] }
}
