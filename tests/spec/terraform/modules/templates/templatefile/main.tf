locals {
  users = [
    { name = "ann", groups = ["x", "y"], admin = true },
    { name = "bob", groups = [], admin = false },
  ]
}

output "o" {
  value = templatefile("${path.module}/t.tpl", { users = local.users, title = "T" })
}
