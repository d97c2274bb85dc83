# Where each node of the tree begins: under a line, its tags at the columns where the carets point;
# "-2" means two lines further up.  Every node that begins on such a line is named.
all {
  resource "a" b {
# ^block         ^body
    name  = "é"
#   ^attribute
#           ^string
    digits = [1, -2.5, null]
#   ^attribute
#            ^tuple
#             ^number
#                ^unary
#                 ^number
#                      ^literal
    steps = é.b[c].0["d"]
#   ^attribute
#           ^index index index attr var
#               ^var
#                  ^number
#                    ^string
    splat = (a[*].b).*.c
#   ^attribute
#           ^splat paren
#            ^splat var
#             ^attr item
#                   ^attr item
    sum = a + b * !c == d ? 1 : 2
#   ^attribute
#         ^conditional binary binary var
#             ^binary var
#                 ^unary
#                  ^var
#                       ^var
#                           ^number
#                               ^number
    call = core::max(a, [b]...)
#   ^attribute
#          ^call
#                    ^var
#                       ^tuple
#                        ^var
    object = { a = 1, (b) = 2, "c${d}" : e }
#   ^attribute
#            ^object
#              ^string
#                  ^number
#                     ^paren
#                      ^var
#                           ^number
#                              ^template
#                               ^text
#                                ^interp
#                                  ^var
#                                        ^var
    list = [for k, v in a : b if c]
#   ^attribute
#          ^for_tuple
#                       ^var
#                           ^var
#                                ^var
    map = { for v in a : b => c... }
#   ^attribute
#         ^for_object
#                    ^var
#                        ^var
#                             ^var
    quoted = "a\tb ${~ c ~} $${d} %{ if e }f%{ else }${g}%{ endif }"
#   ^attribute
#            ^template
#             ^text
#                  ^interp
#                      ^var
#                           ^text
#                                 ^if
#                                       ^var
#                                          ^text
#                                                    ^interp
#                                                      ^var
    alone = "${ a }"
#   ^attribute
#           ^paren
#               ^var
    spread = [
      /* one
      two */ a, # three
#            ^var
      (
#     ^paren
        b
#       ^binary var
        + c
#         ^var
      )
    ]
    heredoc = <<-EOT
      a ${b} c

        %{ for d in e }
      f
      %{ endfor }
    EOT
#-7 ^attribute
#-8           ^template
#-8   ^text
#-9     ^interp
#-10      ^var
#-11        ^text
#-10    ^for
#-11                ^var
#-12                   ^text
#-11             ^text
  }
}
