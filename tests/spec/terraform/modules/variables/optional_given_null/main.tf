variable "v" {
  type = object({
    a = optional(string, "da")
    b = optional(string)
    c = optional(list(string), [])
    d = string
  })
  default = { a = null, b = null, c = null, d = null }
}

output "o" {
  value = var.v
}
