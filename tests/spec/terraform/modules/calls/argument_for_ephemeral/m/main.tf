variable "v" {
  type    = string
  default = "d"
}

variable "w" {
  type = object({ a = optional(string), b = optional(list(string), ["x"]) })
}

output "v" {
  value = var.v
}

output "w" {
  value = var.w
}
