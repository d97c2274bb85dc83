output "o" {
  value = templatefile("${path.module}/t.tpl", {})
}
