a = "bom"
