output "o" {
  value = true ? 1 : local.nope
}
