"""Which version of Terraform a module asks for, or a root is run with.

Sources: https://developer.hashicorp.com/terraform/language/expressions/version-constraints and
https://github.com/tfutils/tfenv#terraform-version-file
"""

from __future__ import annotations

import posixpath
from typing import Final

from tfparse.configs.module import Module
from tfparse.hcl.walking import string_of
from tfparse.patterns import pattern
from tfparse.source.places import OutsideRoot
from tfparse.source.sources import SourceTree

SHORT_CIRCUIT: Final = (1, 12, 0)
"""Since this version the operand that decides ``&&`` or ``||`` is enough: an error in the other one does not count."""
_CLAUSE = pattern(r"\s*(=|!=|>|>=|<|<=|~>)?\s*v?([0-9]+)(?:\.([0-9]+))?(?:\.([0-9]+))?(?:-[0-9A-Za-z.-]+)?\s*")
_LEAST: Final = frozenset({"", "=", ">", ">=", "~>"})


def requires(module: Module, version: tuple[int, int, int]) -> bool:
    """Whether no Terraform before that version takes a module, by its ``required_version``; of two that Terraform and
    OpenTofu read, by either."""
    for block in (*module.blocks, *module.of_one_program):
        located = block.attributes.get("required_version") if block.type == "terraform" else None
        text = string_of(located.node) if located is not None else None
        if text is not None and any(_is_least(clause, version) for clause in text.split(",")):
            return True
    return False


_PIN: Final = ".terraform-version"
"""The file that says, for the folder and those below it, which version is run."""


def pinned(tree: SourceTree, directory: str, version: tuple[int, int, int]) -> bool:
    """Whether the nearest ``.terraform-version`` names one version, and that is not before this one."""
    while True:
        try:
            text = tree.read_bytes(posixpath.join(directory, _PIN)).decode()
        except (OSError, OutsideRoot, UnicodeDecodeError):
            if not directory:
                return False
            directory = posixpath.dirname(directory)
            continue
        return _is_least(text.strip(), version)


def _is_least(clause: str, version: tuple[int, int, int]) -> bool:
    match = _CLAUSE.fullmatch(clause)
    if match is None or (match[1] or "") not in _LEAST:
        return False
    major, minor, patch = (int((part or "0")[:9]) for part in match.groups()[1:])
    return (major, minor, patch) >= version
