output "o" {
  value = "\d"
}
