variable "v" {
  default   = "p"
  sensitive = true
}

module "m" {
  source = "./m"
  v      = var.v
}

output "o" {
  value = issensitive(module.m.v)
}

output "len" {
  value = nonsensitive(length(module.m.v))
}
