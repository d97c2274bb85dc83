locals {
  a = <<EOT
x
  y
EOT
  b = <<-EOT
    x
      y ${1}
    EOT
  c = [
    1, # c
    2
  ]
}

output "o" {
  value = [local.a, local.b, local.c]
}
