output "o" {
  value = nope.x.y
}
