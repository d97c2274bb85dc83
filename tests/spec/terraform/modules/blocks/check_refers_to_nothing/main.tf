check "c" {
  assert {
    condition     = local.nope == 2
    error_message = "x"
  }
}

output "o" {
  value = 1
}
