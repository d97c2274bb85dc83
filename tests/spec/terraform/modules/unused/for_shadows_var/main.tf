variable "v" {
  default = "v"
}

output "o" {
  value = [for var in [{ v = "loop" }] : var.v]
}
