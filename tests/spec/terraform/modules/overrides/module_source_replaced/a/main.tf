variable "v" {}

output "o" {
  value = "a"
}
