output "o" {
  value = [<<-EOT
    %{ for x in ["a", "b"] ~}
    - ${x}
    %{ endfor ~}
    end
  EOT
  , <<EOT
  a ${~ "b" ~}
  c
%{ if true ~}
  yes
%{ else ~}
  no
%{ endif ~}
EOT
  ]
}
