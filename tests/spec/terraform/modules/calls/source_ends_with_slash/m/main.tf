output "p" {
  value = path.module
}
