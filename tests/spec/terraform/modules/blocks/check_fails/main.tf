locals {
  n = 1
}

check "c" {
  assert {
    condition     = local.n == 2
    error_message = "only a warning"
  }
}

output "o" {
  value = 1
}
