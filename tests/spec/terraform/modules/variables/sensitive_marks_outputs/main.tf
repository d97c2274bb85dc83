variable "v" {
  default   = "p"
  sensitive = true
}

output "o" {
  value     = "x${var.v}"
  sensitive = true
}

output "plain" {
  value = nonsensitive(var.v)
}
