output "o" {
  value = [file("a.txt"), templatefile("a.txt", {})]
}
