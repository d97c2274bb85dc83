# ${title}
%{ for i, u in users ~}
%{ if u.admin ~}
${i}: *${u.name}*
%{ else ~}
${i}: ${u.name}
%{ endif ~}
%{ for g in u.groups }- ${g}
%{ endfor ~}
%{ endfor ~}
$${literal} %%{literal} $x %y
${ upper(title) } ${~ "trim" ~}
  end
%{ for u in users }${u.name},%{ endfor }
%{~ if title == "T" ~}
  trimmed
%{~ endif ~}
last
