output "o" {
  value = true || null
}
