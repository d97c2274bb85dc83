variable "größe" {
  default = "ä"
}

locals {
  naïve = "é"
  日本   = length("é")
  obj   = { ключ = 1 }
}

output "o" {
  value = [var.größe, local.naïve, local.日本, local.obj.ключ, { "é" = 1 }["é"]]
}
