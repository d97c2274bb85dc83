"""The grammar of Terraform's language: python-hcl2's, with the newlines left to the scanner, and amended."""

from __future__ import annotations

import re
from importlib.util import find_spec
from pathlib import Path
from typing import Final

AMENDMENTS: Final[tuple[tuple[str, str, str], ...]] = (
    (
        "body : ( (attribute | block))*",
        "body : attribute? | NL_OR_COMMENT ((attribute | block) NL_OR_COMMENT)*",
        "An argument or block ends with its line; a block on one line holds one argument at most.",
    ),
    (
        "object : LBRACE ((object_elem | (object_elem COMMA)))* RBRACE",
        "object : LBRACE NL_OR_COMMENT? (object_elem (_separator object_elem)* _separator?)? RBRACE\n"
        + "_separator : COMMA NL_OR_COMMENT? | NL_OR_COMMENT",
        "A comma or a newline separates elements, and no comma begins a line.",
    ),
    (
        "_attribute_name : identifier | keyword | literal_value",
        "_attribute_name : identifier",
        "No word is reserved: it is a keyword only where the grammar has use for that keyword.",
    ),
    ("object_elem_key : expression | keyword", "object_elem_key : expression", "As above."),
    ("get_attr : DOT (identifier | literal_value)", "get_attr : DOT identifier", "As above."),
    (
        "string: DBLQUOTE string_part* DBLQUOTE",
        "string: QUOTED | DBLQUOTE string_part* DBLQUOTE\ntemplate: string_part*\n%declare QUOTED HEREDOC_END",
        "A string without escapes and sequences is one token; a template file has no quotes around it.",
    ),
    (
        "heredoc_template : HEREDOC_TEMPLATE",
        "heredoc_template : HEREDOC_TEMPLATE string_part* HEREDOC_END",
        "A heredoc is a template too, not raw text.",
    ),
    (
        "heredoc_template_trim : HEREDOC_TEMPLATE_TRIM",
        "heredoc_template_trim : HEREDOC_TEMPLATE_TRIM string_part* HEREDOC_END",
        "As above.",
    ),
    (
        "expr_term : LPAR expression RPAR",
        "?expr_term : LPAR expression RPAR -> parentheses",
        "A term of any other kind is what it is of that kind.",
    ),
    ("            | identifier", "            | identifier -> variable", "As above."),
    ("!unary_op : (MINUS | NOT) expr_term", "!unary_op : (MINUS | NOT) unary_expr", "`!!x` and `--3` are valid."),
    (
        "function_call : identifier (COLONS identifier COLONS identifier)? LPAR",
        "function_call : identifier (COLONS identifier)* LPAR",
        "`core::max` is as valid as `provider::aws::arn_parse`.",
    ),
    (
        "attr_splat : ATTR_SPLAT (get_attr | index)*",
        "attr_splat : DOT ASTERISK (get_attr | short_index)*",
        "`a.*.b[0]` is the first b, not the first element of each.",
    ),
    (
        "full_splat : FULL_SPLAT_START (get_attr | index)*",
        "full_splat : LSQB ASTERISK RSQB (get_attr | index | attr_splat | full_splat)*",
        "`[ * ]` may hold blanks, and takes all steps that follow, further splats among them.",
    ),
)
"""Where Terraform's grammar differs: a rule of python-hcl2's without its newlines, what it becomes, and why."""


def grammar_file() -> Path:
    """python-hcl2's grammar.

    Raises:
        ImportError: it is not installed.
    """
    package = find_spec("hcl2")
    if package is None or package.origin is None:
        raise ImportError("python-hcl2 is not installed")
    return Path(package.origin).with_name("hcl2.lark")


def amended_grammar() -> str:
    """python-hcl2's grammar without the newlines that the scanner leaves out, and with the amendments.

    Raises:
        ImportError: an amendment does not fit the installed python-hcl2, in exactly one place.
    """
    grammar = re.sub(r"\s*\bnew_line_or_comment\?", "", grammar_file().read_text())
    for rule, amended, _ in AMENDMENTS:
        before, *after = f"\n{grammar}".split(f"\n{rule}")
        if len(after) != 1 or not after[0][:1].isspace():
            raise ImportError(f"the grammar of the installed python-hcl2 has not this rule, once: {rule}")
        grammar = f"{before}\n{amended}{after[0]}".removeprefix("\n")
    return grammar
