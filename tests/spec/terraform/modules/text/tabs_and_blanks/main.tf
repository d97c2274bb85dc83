locals	{
	a	=	1


		b = <<-E
		x
			y
		E
}

output "o" { value = [local.a, local.b] }
