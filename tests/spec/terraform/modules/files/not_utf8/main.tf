output "o" {
  value = file("a.bin")
}
