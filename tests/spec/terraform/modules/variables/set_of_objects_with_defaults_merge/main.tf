variable "v" {
  type = set(object({
    a = optional(string, "x")
    b = optional(list(object({ c = optional(number, 1) })), [])
  }))
  default = [{}, { a = "x" }, { a = null, b = [{}] }]
}

output "o" {
  value = [length(var.v), var.v]
}
