output "o" {
  value = [for x in [] : nope(x)]
}
