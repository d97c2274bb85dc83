variable "signing_key" {}

variable "relay" {
  type = string
}

variable "extra_environment" {
  type = map(string)
}

variable "debug" {
  type = bool
}

variable "main_cf" {
  default = <<EOT
# limits
anvil_rate_time_unit = 60s
EOT
}
