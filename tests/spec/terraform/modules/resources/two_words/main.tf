output "o" {
  value = foo.bar
}
