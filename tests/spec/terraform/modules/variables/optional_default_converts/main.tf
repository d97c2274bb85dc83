variable "v" {
  type = object({
    a = optional(number, "5")
    b = optional(set(string), ["b", "a", "b"])
    c = optional(map(string), { x = 1, y = true })
    d = optional(any, { z = [1, "a"] })
  })
  default = {}
}

output "o" {
  value = var.v
}
