a = "not read"
