output "o" {
  value = templatefile("${path.module}/t.tpl", { x = "outer", l = [1, 2] })
}
