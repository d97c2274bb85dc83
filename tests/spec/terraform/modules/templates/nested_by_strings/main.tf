locals {
  inner = templatefile("${path.module}/i.tpl", { n = 2 })
}

output "o" {
  value = templatefile("${path.module}/o.tpl", { inner = indent(2, local.inner) })
}
