Hello ${name}%{ if n > 1 }, and ${n}%{ endif }!
