variable "on" {
  default = false
}

output "o" {
  value = [
    var.on ? { a = 1 } : null,
    var.on ? [] : ["a"],
    var.on ? {} : { a = 1 },
    var.on ? { a = 1, b = "x" } : { a = "2", b = 3 },
    var.on ? toset(["a"]) : ["b", "b"],
  ]
}
