module "deep" {
  source = "./deep"
}

output "root" {
  value = path.root
}

output "module" {
  value = path.module
}

output "file" {
  value = [file("${path.module}/b.txt"), fileexists("${path.root}/a.txt"), file("a.txt"), module.deep]
}
