output "o" {
  value = templatefile("${path.module}/t.tpl", tomap({ a = 1, b = "x" }))
}
