variable "n" {
  default   = "s"
  ephemeral = true
  sensitive = true
}

output "o" {
  value = nonsensitive(ephemeralasnull(nonsensitive(var.n))) == null
}
