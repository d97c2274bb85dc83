provider "terraform" {
}

provider "terraform" {
}

output "o" {
  value = 1
}
