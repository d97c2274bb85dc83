variable "text" {
  type = string
}

output "text" {
  value = <<EOT
begin
${indent(2, var.text)}
end
EOT
}

output "lines" {
  value = split("\n", chomp(var.text))
}
