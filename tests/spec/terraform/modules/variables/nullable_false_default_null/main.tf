variable "v" {
  default  = null
  nullable = false
}

output "o" {
  value = 1
}
