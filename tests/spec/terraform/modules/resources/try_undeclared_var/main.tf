output "o" {
  value = try(var.nope, 1)
}
