output "o" {
  value = templatestring("x $${a}", { a = 1 })
}
