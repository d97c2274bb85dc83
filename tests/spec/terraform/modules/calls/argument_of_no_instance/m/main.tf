variable "v" {
  type = tuple([string, number])
}
