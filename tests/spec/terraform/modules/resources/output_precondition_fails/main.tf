locals {
  n = 1
}

output "o" {
  value = 1

  precondition {
    condition     = local.n == 2
    error_message = "not ok"
  }
}
