module "m" {
  source = "./m"
  token  = "t"
}
