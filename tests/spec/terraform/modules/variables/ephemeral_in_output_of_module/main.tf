variable "token" {
  default   = "t"
  ephemeral = true
}

module "m" {
  source = "./m"
  token  = var.token
}

output "o" {
  value = ephemeralasnull(module.m.o)
}
