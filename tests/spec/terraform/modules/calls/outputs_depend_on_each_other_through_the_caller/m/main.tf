variable "second" {}

output "first" {
  value = "one"
}

output "last" {
  value = "${var.second} two"
}
