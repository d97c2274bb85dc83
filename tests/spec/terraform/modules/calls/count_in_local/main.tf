locals {
  a = count.index
}

output "o" {
  value = 1
}
