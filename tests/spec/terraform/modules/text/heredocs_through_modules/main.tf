module "m" {
  source = "./m"
  text   = <<-EOT
    # ${local.n}
      indented

    last ${join(",", [for i in [1, 2] : "i${i}"])}
  EOT
}

locals {
  n = "head"
}

output "o" {
  value = [module.m.text, module.m.lines]
}
