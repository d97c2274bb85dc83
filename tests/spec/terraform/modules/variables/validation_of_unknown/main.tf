resource "terraform_data" "r" {}

module "m" {
  source = "./m"
  v      = terraform_data.r.id
}

output "o" {
  value = 1
}
