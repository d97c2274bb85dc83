variable "v" {
  default = "dv"
}

variable "w" {
  default  = "dw"
  nullable = false
}

variable "x" {
  type     = object({ a = optional(string, "da") })
  default  = { a = "given" }
  nullable = true
}

output "v" {
  value = var.v
}

output "w" {
  value = var.w
}

output "x" {
  value = var.x
}
