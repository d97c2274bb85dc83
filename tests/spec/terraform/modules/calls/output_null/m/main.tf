output "v" {
  value = null
}
