x
%{ for i in a ~}
- ${i}
%{ endfor ~}
y
