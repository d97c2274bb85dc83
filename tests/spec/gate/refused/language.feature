# language: de
Funktionalität: Post
  @MH-1.1
  Szenario: Post
    Angenommen a stack
