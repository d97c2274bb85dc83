output "o" {
  value = true ? 1 : tonumber("x")
}
