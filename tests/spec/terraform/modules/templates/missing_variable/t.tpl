%{ if false }${nope}%{ endif }
