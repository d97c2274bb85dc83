variable "v" {}

output "o" {
  value = "b"
}
