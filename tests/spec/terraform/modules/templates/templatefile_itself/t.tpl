${templatefile("t.tpl", { x = x })}
