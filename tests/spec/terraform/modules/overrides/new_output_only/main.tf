output "o" {
  value = local.n
}
