output "o" {
  value = data.foo
}
