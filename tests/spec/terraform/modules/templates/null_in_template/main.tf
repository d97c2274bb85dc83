output "o" {
  value = templatefile("${path.module}/t.tpl", { a = null })
}
