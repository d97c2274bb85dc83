output "o" {
  value = ["\n\t\"\\\u00e9\U0001F600", "$${a} %%{b} $ % $$ %% $x", "${"nested ${"deep"}"}", "a$${b}${1}"]
}
