module "m" {
  source = "../shared/m"
}

output "o" {
  value = {
    root   = path.root
    module = path.module
    child  = module.m
    file   = file("${path.module}/a.txt")
  }
}
