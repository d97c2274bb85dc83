variable "relay" {
  type = string
}

variable "extra_environment" {
  type = map(string)
}

data "vault_kv_secret_v2" "secrets" {
  mount = "secret"
  name  = "mail"
}

module "mail" {
  source            = "./modules/mail"
  signing_key       = data.vault_kv_secret_v2.secrets.data["signing_key"]
  relay             = var.relay
  extra_environment = var.extra_environment
  debug             = false
}
