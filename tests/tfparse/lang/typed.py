"""Random calls of Terraform's functions on values of wanted types: numbers of every precision, typed collections, empty
ones among them, strings in every script."""

from __future__ import annotations

import re
from random import Random
from typing import Final

MADE: Final[dict[str, str]] = {
    "number": """
        abs({number}) | ceil({number}) | floor({number}) | log({positive}, {positive}) | pow({small}, {small})
        signum({integer}) | max({number}, {number}) | min({number}, {number}, {number}) | max({numbers}...)
        parseint({digits}, {base}) | length({any}) | index({sequence}, {any}) | sum({numbers}) | sum([{number}, {number}])
        tonumber({digits}) | one([{number}]) | element({numbers}, {integer}) | {numbers}[{index}]
        {number} + {number} | {number} - {number} | {number} * {number} | {number} / {number} | {number} % {number}
        ({number} + {number}) * {number} | ({number} - {number}) / {number} | -{number} | -({number} * {number})
        [for i, v in {sequence} : i][{index}] | [for i, v in {sequence} : (i + 1) / 7][{index}]
        coalesce({number}, {number}) | timecmp({time}, {time}) | length({sequence}) / length({sequence})
        floor(length({sequence}) / 7 * 7) | lookup({numberMap}, {word}, {number}) | jsondecode({jsonNumber})
        yamldecode({yamlNumber}) | try({number}, {number}) | {bool} ? {number} : {number} | sum(range({small}))
        range({small})[{index}] | log({positive}, {positive}) * log({positive}, {positive}) | pow({small}, {small}) % {number}
    """,
    "string": """
        chomp({string}) | format({verb}, {number}) | format("%s-%s", {string}, {string}) | format({textVerb}, {string})
        format("%v/%#v", {any}, {any}) | indent({index}, {string}) | join({word}, {strings}) | join(",", {any})
        lower({string}) | upper({string}) | title({string}) | strrev({string}) | trimspace({string}) | {string}
        replace({string}, {word}, {string}) | replace({string}, {pattern}, {word}) | regex({pattern}, {string})
        substr({string}, {index}, {integer}) | trim({string}, {word}) | trimprefix({string}, {word})
        trimsuffix({string}, {word}) | tostring({number}) | tostring({number} / 3) | "${{number}}" | "a${{string}}b"
        jsonencode({any}) | jsonencode({number}) | yamlencode({any}) | base64encode({string}) | urlencode({string})
        base64decode(base64encode({string})) | md5({string}) | sha256({string}) | base64sha256({string}) | sha1({string})
        formatdate({dateFormat}, {time}) | timeadd({time}, {duration}) | cidrhost({cidr}, {integer})
        cidrsubnet({cidr}, {index}, {index}) | cidrnetmask({cidr}) | element({strings}, {integer}) | {strings}[{index}]
        coalesce({string}, {string}) | lookup({stringMap}, {word}, {string}) | one(tolist([{string}])) | basename({string})
        dirname({string}) | textdecodebase64(textencodebase64({string}, "UTF-16LE"), "UTF-16LE") | sort({strings})[{index}]
        "%{ for x in {sequence} }${x},%{ endfor }" | "%{ if {bool} }${{string}}%{ else }${{number}}%{ endif }"
        <<EOT
        {bool} ? {string} : {number} | try({string}, {number}) | keys({anyMap})[{index}] | uuidv5("dns", {string})
    """,
    "bool": """
        {number} < {number} | {number} == {number} | {number} >= {number} | {any} == {any} | {any} != {any}
        {sequence} == {sequence} | alltrue({bools}) | anytrue({bools}) | contains({sequence}, {any}) | tobool({word})
        endswith({string}, {word}) | startswith({string}, {word}) | strcontains({string}, {word}) | can({any})
        can(regex({pattern}, {string})) | !{bool} | {bool} && {bool} | {bool} || {bool} | {strings} == {strings}
        {numberMap} == {numberMap} | {strings} == [] | issensitive({any}) | {anyMap} == {}
    """,
    "strings": """
        concat({strings}, {strings}) | split({word}, {string}) | compact({strings}) | distinct({strings}) | sort({strings})
        keys({numberMap}) | values({stringMap}) | reverse({strings}) | slice({strings}, {index}, {index})
        tolist({stringSet}) | regexall({pattern}, {string}) | formatlist("%s%s", {strings}, {strings})
        formatlist({verb}, {numbers}) | coalescelist({strings}, {strings}) | chunklist({strings}, {index})[{index}]
        tolist([{string}, {string}]) | tolist([{string}, {number}]) | [for s in {strings} : upper(s)]
        matchkeys({strings}, {strings}, {strings}) | {strings}[*] | transpose({listMap})[{word}] | tolist(toset({strings}))
        [for o in [{object}, {object}] : o.a] | tolist({stringSet})
    """,
    "numbers": """
        range({small}) | range({index}, {index}, {small}) | concat({numbers}, {numbers}) | distinct({numbers})
        tolist([{number}, {number}]) | tolist([{number}, {digits}]) | reverse({numbers}) | slice({numbers}, {index}, {index})
        values({numberMap}) | tolist({numberSet}) | [for n in {numbers} : n / 3] | [for k, v in {sequence} : k]
        matchkeys({numbers}, {strings}, {strings}) | chunklist({numbers}, {index})[{index}] | cidrsubnets({cidr}, 4, 4)
        coalescelist({numbers}, {numbers}) | flatten([{numbers}, {numbers}])
    """,
    "sequence": """
        {strings} | {numbers} | {stringSet} | {numberSet} | [{any}, {any}] | [{any}, {any}, {any}] | {tuple}
        concat({sequence}, {sequence}) | concat({sequence}, [{any}]) | flatten({sequence}) | flatten([{sequence}, [{sequence}]])
        chunklist({sequence}, {index}) | distinct({sequence}) | reverse({sequence}) | setproduct({sequence}, {sequence})
        setunion({sequence}, {sequence}) | setintersection({sequence}, {sequence}) | setsubtract({sequence}, {sequence})
        tolist({sequence}) | toset({sequence}) | [for v in {sequence} : {any}] | [for v in {sequence} : v if {bool}]
        values({anyMap}) | coalescelist({sequence}, {sequence}) | slice({sequence}, {index}, {index}) | {sequence}[*]
        matchkeys({sequence}, {sequence}, {sequence}) | {bool} ? {sequence} : {sequence} | [{object}, {object}][*].a
        coalesce({sequence}, {sequence}) | try({sequence}, {sequence}) | jsondecode(jsonencode({sequence}))
        yamldecode(yamlencode({sequence})) | csvdecode("a,b\\n1,2\\n{csv}\\n") | tolist([{sequence}, {sequence}])
        toset([{sequence}, {sequence}]) | setunion({sequence}, []) | sort({sequence}) | compact({sequence})
        [for v in {sequence} : v...] | tolist([{object}, {object}]) | tolist([{anyMap}, {anyMap}])
    """,
    "anyMap": """
        {stringMap} | {numberMap} | {object} | {listMap} | merge({anyMap}, {anyMap}) | merge({anyMap}, {anyMap}, {anyMap})
        tomap({anyMap}) | { for k, v in {anyMap} : k => {any} } | { for v in {strings} : v => {any}... }
        zipmap({strings}, {sequence}) | transpose({listMap}) | { for k, v in {sequence} : k => v }
        {bool} ? {anyMap} : {anyMap} | try({anyMap}, {anyMap}) | jsondecode(jsonencode({anyMap})) | coalesce({anyMap}, {anyMap})
        yamldecode(yamlencode({anyMap})) | merge({anyMap}, null) | merge({anyMap}...) | merge([{anyMap}, {anyMap}]...)
    """,
    "stringMap": 'tomap({ {word} = {string}, "z" = {string} }) | tomap({ a = {string}, b = {number} }) | merge({stringMap}, {stringMap})',
    "numberMap": "tomap({ a = {number}, b = {number} }) | zipmap({strings}, {numbers}) | { for i, s in {strings} : s => i... }",
    "listMap": "tomap({ a = {strings}, b = {strings} }) | { a = {strings} } | {} | tomap({ a = {sequence}, b = {sequence} })",
    "object": '{ a = {any}, b = {any} } | { a = {string} } | { a = {number}, "c d" = {sequence} } | merge({object}, {object})',
    "tuple": "[] | [{any}] | [{number}, {string}] | [{object}, null] | [{strings}, {numbers}]",
    "stringSet": "toset({strings}) | setunion({stringSet}, {stringSet}) | setsubtract({stringSet}, {stringSet}) | toset([{string}, {string}])",
    "numberSet": "toset({numbers}) | setintersection({numberSet}, {numberSet}) | toset([{number}, {number}, {number}])",
    "bools": "tolist([{bool}, {bool}]) | [{bool}] | [] | [{bool}, null] | [for n in {numbers} : n > 1]",
    "any": "{number} | {string} | {bool} | {sequence} | {anyMap} | {object} | {strings} | {numbers} | null",
}
"""What makes a value of each kind; what stands in braces is made in its turn."""

LEAVES: Final[dict[str, str]] = {
    "number": """0 | 1 | 2 | 3 | 7 | -1 | 10 | 0.1 | 1.5 | -2.75 | 1e3 | 1e-7 | 123456789012345678901234567890 | 1e21 | 0.3 | -0
        9007199254740993 | 18446744073709551616 | 1e100 | 3.14159265358979323846264338327950288 | length("abc") | 100
        length(["a", "b"]) | pow(2, 60) | log(10, 3) | tonumber("0.1") | local.typed.number | 1024 | 255 | 65536""",
    "integer": "0 | 1 | 2 | 3 | -1 | -2 | 5 | 10 | length([1])",
    "index": "0 | 1 | 2 | 3 | length([1, 2])",
    "small": "0 | 1 | 2 | 3 | 0.5 | -1 | 1.5 | 10 | -0 | -0.5",
    "positive": "1 | 2 | 10 | 0.5 | 3 | 1000 | 7.25 | length([1, 2, 3])",
    "digits": '"10" | "7" | "ff" | "-12" | "0b1" | "1e3" | "1.5" | "077" | "+3" | "0x1F" | "1_000" | " 1" | ".5" | "5." | "123456789012345678901234567890"',
    "base": "2 | 8 | 10 | 16 | 36 | 62",
    "string": """"" | "a" | "b" | "Hello World" | "a-b-c" | "  x " | "5" | "true" | "\\u00e9\\u0301" | "\\U0001F468\\u200d\\U0001F469" | "x\\ny\\n"
        "a,b,,c" | "\\u4e2d\\u6587" | "ABC" | "<&>" | "\\"q\\"" | "tab\\t" | "null" | "{\\"a\\":1}" | "%d" | "path/to/file.txt" | "\\u00df\\u0130\\u0149"
        local.typed.string | "1.0" | "no" | "-" | "k: v" | "\\r\\n" """,
    "word": '"a" | "b" | "-" | "" | "," | "true" | "z" | "é" | "l" | "false" | "1"',
    "bool": "true | false",
    "time": '"2024-02-29T12:30:00Z" | "2023-12-31T23:59:59+05:30" | "1970-01-01T00:00:00Z" | "9999-12-31T23:59:59Z" | "0001-01-01T00:00:00Z" | "2024-01-01t00:00:00z"',
    "duration": '"1h" | "-30m" | "1.5h" | "10s500ms" | "72h3m0.5s" | "-8760h" | "1d" | "0"',
    "dateFormat": """"YYYY-MM-DD" | "DD MMM YYYY hh:mm ZZZ" | "EEEE, DD-MMM-YY hh:mm:ss ZZZZ" | "h'o''clock' AA" | "HH:mm aa Z" | "M/D/YY" | "ZZZZZ" """,
    "cidr": '"10.0.0.0/8" | "192.168.1.0/24" | "fd00::/16" | "10.1.2.3/28" | "0.0.0.0/0" | "2001:db8::/127"',
    "pattern": '"[a-z]+" | "(a)(b)?" | "^(?P<first>.)" | "/[a-c]/" | "/(?i)A/" | "\\\\d+" | "." | "x*" | "(" | "[[:alpha:]]"',
    "verb": '"%d" | "%5d" | "%-8d|" | "%x" | "%X" | "%o" | "%b" | "%e" | "%f" | "%g" | "%.3f" | "%10.2f" | "%+d" | "%05d" | "%v" | "%s" | "%q" | "%t" | "%G" | "%E" | "%#x" | "%.0f" | "%+.2e" | "% d" | "%08.3f"',
    "textVerb": '"%s" | "%10s" | "%-6s|" | "%q" | "%.2s" | "%5.1s" | "%v" | "%#v" | "%03s" | "%t" | "%d"',
    "jsonNumber": '"1" | "0.1" | "1e400" | "-0" | "123456789012345678901234567890" | "[1.50]" | "1E2"',
    "yamlNumber": '"1" | "0x1f" | "0o17" | "1_000" | "017" | ".5" | "1e3" | "-0" | "0b11" | "1.0" | "18446744073709551615"',
    "csv": "3,4 | x, y | \\\"q\\\",1 | 1",
    "strings": 'tolist([]) | local.typed.strings | tolist(["a", "b", "a"]) | ["x", "y"] | local.typed.some | [] | tolist(["", "b"]) | split(",", "b,a,b")',
    "numbers": "tolist([]) | local.typed.numbers | tolist([3, 1, 2]) | [1, 2] | range(3) | [] | tolist([0.1, 0.2])",
    "sequence": '[] | [1, "a"] | tolist(["a"]) | toset(["b", "a"]) | local.typed.strings | local.typed.set | [null] | toset([1, 2]) | tolist([true]) | local.typed.numbers | [[1], ["x"]] | [{ a = 1 }]',
    "anyMap": '{} | { a = 1 } | { a = "x", b = 2 } | tomap({ a = "p" }) | local.typed.map | tomap({ b = [1] }) | { a = null }',
    "stringMap": 'tomap({}) | tomap({ a = "1", b = "x" }) | local.typed.map | { a = "y" }',
    "numberMap": "tomap({ a = 1, c = 3 }) | { a = 2.5 } | tomap({})",
    "listMap": '{} | tomap({ a = ["x", "y"], b = ["x"] }) | { a = [] } | tomap({})',
    "object": '{ a = 1 } | { a = "x", b = true } | { a = null, b = [] } | { a = [1], b = { c = 2 } } | local.typed.object',
    "tuple": '[] | [1, "a", true] | [null] | [[], {}] | ["a"]',
    "stringSet": 'toset([]) | toset(["a", "b"]) | local.typed.set | toset(["1", "x"])',
    "numberSet": "toset([]) | toset([1, 2, 3]) | toset([0.1, 10, 9])",
    "bools": "[] | [true, false] | tolist([true]) | [true, null]",
    "any": '1 | "a" | true | null | [] | {} | [1, "a"] | { a = 1 } | tolist(["a"]) | toset(["a"]) | tomap({ a = 1 }) | 0.1 | "1" | local.typed.none',
}  # fmt: skip

_PLACE = re.compile(r"\{(" + "|".join(LEAVES) + r")\}")


def _listed(table: dict[str, str]) -> dict[str, list[str]]:
    return {
        kind: [made.strip() for made in re.split(r"(?<!\|) \| (?!\|)|\n", text) if made.strip() and "EOT" not in made]
        for kind, text in table.items()
    }


_MADE, _LEAVES = _listed(MADE), _listed(LEAVES)


def typed(chance: Random, depth: int) -> str:
    """An expression of any kind, of calls so deep in one another."""
    return _of("any", depth, chance)


def _of(kind: str, depth: int, chance: Random) -> str:
    if chance.random() < 0.03:
        kind = "any"
    if depth <= 0 or kind not in _MADE or chance.random() < 0.1:
        return chance.choice(_LEAVES[kind])
    # ("any" is only a choice of kinds.)
    below = depth if kind == "any" else depth - 1
    return _PLACE.sub(lambda place: _of(place[1], below, chance), chance.choice(_MADE[kind]))
