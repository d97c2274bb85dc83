output "o" {
  value = [filebase64("a.bin"), filesha1("a.bin"), filesha512("a.bin"), filebase64sha256("a.bin")]
}
