output "o" {
  value = [false ? [1] : ["a", true], true ? [] : [{ a = 1 }]]
}
