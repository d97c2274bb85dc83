output "o" {
  value = "ÿ"
}
