check "state" {
  data "terraform_remote_state" "r" {
    backend = "local"
  }
  assert {
    condition     = data.terraform_remote_state.other.outputs != null
    error_message = "no state"
  }
}
