output "o" {
  value = fileexists("d")
}
