module "m" {
  source = "./m"
  by_name = {
    a = { port = "80" }
    b = { port = 443, tags = ["x"], tls = { enabled = "true" } }
  }
  listed = [{}, { name = "n" }]
  unique = [{ k = "1" }, { k = "1", v = 2 }, { k = "2", v = null }]
  pair   = [{ a = 1 }, "7"]
}

output "o" {
  value = module.m
}
