# Beside every expression: values not known before apply, of each type and of none.
resource "terraform_data" "r" {
  input = "x"
}

locals {
  u      = terraform_data.r.id                                    # a string
  any    = jsondecode(terraform_data.r.id)                        # of any type
  bool   = tobool(terraform_data.r.id)                            # a bool
  number = tonumber(terraform_data.r.id)                          # a number
  list   = split(",", terraform_data.r.id)                        # a list of strings
  set    = toset(split(",", terraform_data.r.id))                 # a set of strings
  map    = { for s in split(",", terraform_data.r.id) : s => s }  # of any type
  part   = "pre-${terraform_data.r.id}-post"                      # a string that is partly known
  secret = sensitive("secret")
  hello  = "Hello $${name}%%{ if n > 1 }s%%{ endif }!"
  object = { b = "x", a = 1 }
}

# Collections of a type and of no element, and what else is of a type.  (No variables: Terraform evaluates all once
# without knowing those.)
locals {
  typed = {
    number  = length(["a", "b", "c"]) / 7
    string  = tostring(12.50)
    none    = tostring(null)
    strings = slice(tolist(["a"]), 0, 0)
    some    = tolist(["p", 1, true])
    numbers = slice(tolist([1]), 0, 0)
    set     = setsubtract(["a"], ["a"])
    map     = zipmap(slice(tolist(["a"]), 0, 0), slice(tolist(["a"]), 0, 0))
    object  = { a = 3, b = tolist(["z"]) }
  }
}
