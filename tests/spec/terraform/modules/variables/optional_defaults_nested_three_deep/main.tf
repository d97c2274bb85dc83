variable "v" {
  type = object({
    a = optional(object({
      b = optional(map(object({
        c = optional(list(object({
          d = optional(string, "dd")
          e = optional(number, 5)
        })), [{}])
      })), { k = {} })
    }), {})
  })
  default = {}
}

variable "w" {
  type = object({
    a = optional(object({
      x = optional(string, "dx")
      y = optional(string)
    }), { x = "outer" })
    z = optional(object({
      x = optional(string, "dx")
    }))
  })
  default = { z = {} }
}

output "o" {
  value = [var.v, var.w]
}
