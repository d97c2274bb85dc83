output "o" {
  value = 5 – 3
}
