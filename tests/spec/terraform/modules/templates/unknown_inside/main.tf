resource "terraform_data" "r" {
}

output "o" {
  value = startswith(templatefile("${path.module}/t.tpl", { x = terraform_data.r.id }), "line\n")
}
