variable "v" {
  type = number
}

variable "w" {
  default = [1]
}
