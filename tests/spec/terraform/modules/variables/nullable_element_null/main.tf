variable "v" {
  type     = list(string)
  default  = [null, "a"]
  nullable = false
}

output "o" {
  value = var.v
}
