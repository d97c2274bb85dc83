output "o" {
  value = file("d")
}
