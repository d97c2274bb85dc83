output "o" {
  value = false && tonumber("x") == 1
}
