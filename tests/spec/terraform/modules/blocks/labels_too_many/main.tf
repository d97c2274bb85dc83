output "o" "p" {
  value = 1
}
