[${file(x)}] ${fileexists("nope")} ${basename("a/b")}
