output "o" {
  value = true ? 1 : nope(1)
}
