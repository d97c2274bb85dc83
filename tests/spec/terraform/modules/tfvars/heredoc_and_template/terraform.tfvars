a = <<-EOT
  x $${y}
    z
EOT
b = "${1 + 1}-%{if true}t%{endif}"
