output "o" {
  value = "bom"
}
