variable "by_name" {
  type = map(object({
    port = number
    tags = optional(set(string), ["d"])
    tls = optional(object({
      enabled = optional(bool, false)
      ciphers = optional(list(string))
    }), {})
  }))
}

variable "listed" {
  type = list(object({
    name  = optional(string, "anonymous")
    alias = optional(string)
  }))
}

variable "unique" {
  type = set(object({
    k = number
    v = optional(number, 2)
  }))
}

variable "pair" {
  type = tuple([object({ a = string, b = optional(bool, true) }), number])
}

output "by_name" {
  value = var.by_name
}

output "listed" {
  value = var.listed
}

output "unique" {
  value = var.unique
}

output "pair" {
  value = var.pair
}
