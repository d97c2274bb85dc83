variable "v" {
  defualt = 1
}

output "o" {
  value = 1
}
