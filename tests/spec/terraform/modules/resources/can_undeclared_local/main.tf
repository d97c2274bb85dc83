output "o" {
  value = can(local.nope)
}
