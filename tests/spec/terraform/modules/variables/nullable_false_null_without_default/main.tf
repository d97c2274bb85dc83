module "a" {
  source = "./m"
  v      = null
}
