output "o" {
  value = true ? { a = [1] } : { b = "x" }
}
