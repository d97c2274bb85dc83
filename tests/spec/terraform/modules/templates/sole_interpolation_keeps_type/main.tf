output "o" {
  value = [templatefile("${path.module}/t.tpl", { a = [1] }), templatefile("${path.module}/u.tpl", { a = true })]
}
