a = 1
b = var.a
