output "o" {
  value = [for x in [] : local.nope]
}
