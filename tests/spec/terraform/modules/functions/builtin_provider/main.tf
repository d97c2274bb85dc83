terraform {
  required_providers {
    terraform = { source = "terraform.io/builtin/terraform" }
  }
}

locals {
  all = {
    a        = 1
    bb       = "x\n$${y} $$${z} %%{ if } $ % \"q\" \\ \r\t\u0001 é😀"
    big      = 1e30
    c        = [1, "a", true, null]
    d        = { e = 1, "f g" = 2.5, "0a" = 1, for = 3, deep = { z = {}, longer = [[]] }, last = 0 }
    dash-key = 1
    em       = {}
    f        = 0.1
    l        = tolist(["a"])
    m        = tomap({ z = "1", y = "2" })
    n        = null
    neg      = -5
    s        = toset(["b", "a"])
    third    = 1 / 3
  }
}

output "tfvars" {
  value = provider::terraform::encode_tfvars(local.all)
}

output "expr" {
  value = provider::terraform::encode_expr(local.all)
}

output "scalars" {
  value = [for v in [1, "a", true, [], {}, "", "$${", "$"] : provider::terraform::encode_expr(v)]
}

output "nothing" {
  value = provider::terraform::encode_tfvars({})
}

output "there_and_back" {
  value = provider::terraform::decode_tfvars(provider::terraform::encode_tfvars(local.all))
}

output "decoded" {
  value = provider::terraform::decode_tfvars("a = \"x$${1 + 1}\"\nb = 1 + 2\nc = <<E\nhi\nE\nd = { e = [true, null] }\n")
}

output "empty" {
  value = provider::terraform::decode_tfvars("")
}

output "refused" {
  value = [
    can(provider::terraform::encode_expr(null)),
    can(provider::terraform::encode_tfvars([1])),
    can(provider::terraform::encode_tfvars({ "a b" = 1 })),
    can(provider::terraform::decode_tfvars("a = upper(\"x\")")),
    can(provider::terraform::decode_tfvars("a = var.x")),
    can(provider::terraform::decode_tfvars("a = 1\na = 2\n")),
    can(provider::terraform::decode_tfvars("b {}\n")),
    can(provider::terraform::decode_tfvars("a = ")),
    can(provider::terraform::decode_tfvars(null)),
  ]
}

output "taken" {
  value = can(provider::terraform::decode_tfvars("a = true\n"))
}
