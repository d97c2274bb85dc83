output "o" {
  value = "%{if false}${local.nope}%{endif}x"
}
