"""Records where characters begin, as Unicode has it: ``python -m tests.record_graphemes [FOLDER]``.

Writes ``tfparse/cty/grapheme_breaks.py`` of two files of the Unicode Character Database, version 15.0.0 (that of
go-textseg v15, by which Terraform counts): ``auxiliary/GraphemeBreakProperty.txt`` and ``emoji/emoji-data.txt``, as
https://www.unicode.org/Public/15.0.0/ucd/ and Debian's package ``unicode-data`` have them.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from pathlib import Path

FOLDER = "/usr/share/unicode"
OUT = Path(__file__).parents[1] / "tfparse" / "cty" / "grapheme_breaks.py"
WORKED_OUT = {"CR", "LF", "LV", "LVT"}
"""Kinds that one character, or a division, tells."""
HEAD = '''"""Grapheme_Cluster_Break and Extended_Pictographic of Unicode {version}, as ranges of code points.

Made by ``python -m tests.record_graphemes`` of {files}.
LV and LVT are not listed: they are told by a division.
"""

from __future__ import annotations

from typing import Final

RANGES: Final = {{
'''


def main(folder: str = FOLDER) -> None:
    """Write the module anew.  Raises SystemExit where the files are of another version."""
    ucd = Path(folder)
    breaks, emoji = ucd / "auxiliary" / "GraphemeBreakProperty.txt", ucd / "emoji" / "emoji-data.txt"
    version = breaks.read_text(encoding="utf-8").splitlines()[0].partition("-")[2].removesuffix(".txt")
    if version != "15.0.0":
        raise SystemExit(f"Terraform counts by Unicode 15.0.0, and {breaks} is of {version}")
    kinds: dict[str, list[tuple[int, int]]] = {}
    for first, last, kind in (*properties(breaks), *properties(emoji)):
        if kind not in WORKED_OUT and (kind == "Extended_Pictographic" or "emoji" not in kind.lower()):
            kinds.setdefault(kind, []).append((first, last))
    files = f"{breaks.name} and {emoji.name}"
    text = HEAD.format(version=version, files=files)
    for kind in sorted(kinds):
        text += f'    "{kind}": (\n'
        text += "".join(f'        "{line} "\n' for line in lines(joined(kinds[kind])))
        text += "    ),\n"
    OUT.write_text(text + "}\n", encoding="utf-8")


def properties(file: Path) -> Iterator[tuple[int, int, str]]:
    """The first and the last code point of each line, and its property."""
    for line in file.read_text(encoding="utf-8").splitlines():
        match = re.match(r"([0-9A-F]+)(?:\.\.([0-9A-F]+))?\s*; (\w+)", line)
        if match:
            yield int(match[1], 16), int(match[2] or match[1], 16), match[3]


def joined(ranges: list[tuple[int, int]]) -> Iterator[str]:
    """The ranges, those that follow one another as one."""
    merged: list[tuple[int, int]] = []
    for first, last in sorted(ranges):
        if merged and merged[-1][1] + 1 == first:
            merged[-1] = merged[-1][0], last
        else:
            merged.append((first, last))
    return (f"{first:X}" if first == last else f"{first:X}-{last:X}" for first, last in merged)


def lines(words: Iterator[str]) -> Iterator[str]:
    """The words in lines of some hundred characters."""
    line = ""
    for word in words:
        if len(line) + len(word) > 100:
            yield line
            line = ""
        line = f"{line} {word}".strip()
    yield line


if __name__ == "__main__":
    main(*sys.argv[1:])
