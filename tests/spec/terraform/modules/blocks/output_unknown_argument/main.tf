output "o" {
  value = 1
  vlaue = 2
}
