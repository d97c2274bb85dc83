output "o" {
  value = [
    basename(path.module), dirname("a/b/c.txt"), basename("a/b/"), fileset(path.module, "d/*.txt"),
    fileset("${path.module}/d", "**"), fileexists("d/a.txt"), fileexists("nope"),
    filebase64("d/a.txt"), filesha256("d/a.txt"), filemd5("./d/../d/a.txt"),
  ]
}
