output "o" {
  value = [try(file("nope.txt"), "none"), can(file("nope.txt")), fileexists("nope.txt") ? file("nope.txt") : "none"]
}
