output "o" {
  value = [file("a.txt") == "é", length(file("a.txt")), file("a.txt")]
}
