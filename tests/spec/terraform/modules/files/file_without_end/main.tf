output "o" {
  value = [file("a.txt"), split("\n", file("a.txt")), trimspace(file("a.txt"))]
}
