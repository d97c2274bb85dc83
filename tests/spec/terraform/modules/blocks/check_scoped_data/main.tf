check "state" {
  data "terraform_remote_state" "r" {
    backend = "local"
    config  = { path = "none.tfstate" }
  }
  assert {
    condition     = data.terraform_remote_state.r.outputs != null
    error_message = "no state"
  }
}

output "o" {
  value = 1
}
