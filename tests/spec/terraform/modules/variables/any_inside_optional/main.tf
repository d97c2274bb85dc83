variable "v" {
  type = object({
    a = optional(any)
    b = optional(map(any), {})
    c = optional(list(any), [1, "x"])
  })
  default = { a = { z = [1] }, b = { p = 1, q = "2" } }
}

output "o" {
  value = var.v
}
