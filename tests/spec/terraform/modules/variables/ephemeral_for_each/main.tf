variable "names" {
  default   = ["a"]
  ephemeral = true
}

resource "terraform_data" "a" {
  for_each = toset(var.names)
}
