locals {
  ok = true
}

check "c" {
  assert {
    condition     = local.ok
    error_message = "no"
  }
}

check "c" {
  assert {
    condition     = local.ok
    error_message = "no"
  }
}

output "o" {
  value = 1
}
