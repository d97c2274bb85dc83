outputs "o" {
  value = 1
}
