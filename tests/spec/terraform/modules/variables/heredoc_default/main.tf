variable "v" {
  default = <<-EOT
    a = $${x}
      b
    # c
  EOT
}

variable "w" {
  type    = map(string)
  default = {
    k = <<EOT
  x
EOT
  }
}

output "o" {
  value = [var.v, var.w]
}
