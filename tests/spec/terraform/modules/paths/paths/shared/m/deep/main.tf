output "module" {
  value = path.module
}

output "file" {
  value = file("${path.module}/../b.txt")
}
