output "o" {
  value = “x”
}
