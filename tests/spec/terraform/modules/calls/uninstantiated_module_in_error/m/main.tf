output "v" {
  value = 1 + "x"
}
