${templatefile("u.tpl", { y = x })}
