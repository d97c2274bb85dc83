%{ if a == null }none%{ endif }
