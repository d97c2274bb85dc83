output "o" {
  value = [templatefile("${path.module}/t.tpl", { a = [1, 2] }), file("t.tpl")]
}
