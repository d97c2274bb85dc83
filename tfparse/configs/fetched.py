"""Modules from elsewhere, as ``terraform init`` has fetched them: ``.terraform/modules/modules.json``.

Source: https://developer.hashicorp.com/terraform/cli/commands/init#child-module-installation and
hashicorp/terraform, ``internal/modsdir/manifest.go``
"""

from __future__ import annotations

import json
import posixpath
import re

from msgspec import Struct

from tfparse.patterns import pattern
from tfparse.source.places import OutsideRoot
from tfparse.source.sources import SourceTree

_FOLDER = ".terraform/modules"
_REGISTRY = pattern(r"[\w-]+/[\w-]+/[\w-]+(//.*)?", re.ASCII)
_GITHUB = pattern(r"(?P<repo>(?:github\.com|bitbucket\.org)/[^/?]+/[^/?]+?)(?:\.git)?(?P<rest>(?://[^?]*)?(?:\?.*)?)")
_SSH = pattern(r"git@(?P<host>[^:/]+):(?P<rest>.+)")
_CONSTRAINT = pattern(r"\s*(=|!=|>=?|<=?|~>)?\s*v?(\d+(?:\.\d+)*)\s*", re.ASCII)


class Fetched(Struct, frozen=True):
    """A module as it was fetched: of which source and version, and the folder of the repo that holds it."""

    source: str
    version: str
    directory: str


def read_fetched(tree: SourceTree, root: str) -> dict[str, Fetched]:
    """What was fetched for a root module, by the names of the calls that lead there (``web.inner``); empty where
    nothing was, or what stands there is not understood.
    """
    folder = posixpath.join(root, _FOLDER)
    try:
        if not tree.reads_fetched(folder):
            return {}
        held = json.loads(tree.read_bytes(f"{folder}/modules.json"))
        entries = [(e["Key"], e["Source"], e.get("Version", ""), posixpath.normpath(e["Dir"])) for e in held["Modules"]]
    except (OSError, OutsideRoot, ValueError, RecursionError, KeyError, TypeError, AttributeError):
        return {}
    return {
        key: Fetched(source, version, posixpath.normpath(posixpath.join(root, directory)))
        for key, source, version, directory in entries
        if all(isinstance(part, str) for part in (key, source, version)) and directory.startswith(f"{_FOLDER}/")
    }


def fits(fetched: Fetched, source: str, version: str | None) -> bool:
    """Whether what was fetched is what a call asks for: its address, and a version that its constraint admits."""
    if fetched.source != normal_source(source):
        return False
    return version is None or admits(version, fetched.version)


def normal_source(source: str) -> str:
    """A source as Terraform writes it down: ``a/b/c`` is ``registry.terraform.io/a/b/c``."""
    if _REGISTRY.fullmatch(source):
        return f"registry.terraform.io/{source}"
    if found := _GITHUB.fullmatch(source):
        return f"git::https://{found['repo']}.git{found['rest']}"
    if found := _SSH.fullmatch(source):
        return f"git::ssh://git@{found['host']}/{found['rest']}"
    return source


def admits(constraint: str, version: str) -> bool:
    """Whether a version is within a constraint (``~> 4.1, != 4.1.3``); False where either is not understood.

    Source: https://developer.hashicorp.com/terraform/language/expressions/version-constraints
    """
    if not re.fullmatch(r"\d+(\.\d+)*", version, re.ASCII):
        return constraint.strip(" =") == version
    conditions = [_CONSTRAINT.fullmatch(part) for part in constraint.split(",")]
    return all(found is not None and _holds(found[1] or "=", found[2], version) for found in conditions)


def _holds(operator: str, wanted: str, version: str) -> bool:
    parts = [[int(part) for part in text.split(".")[:8] if len(part) < 10] for text in (wanted, version)]
    bound, own = (tuple([*numbers, 0, 0, 0][: max(3, *map(len, parts))]) for numbers in parts)
    match operator:
        case "=":
            return own == bound
        case "!=":
            return own != bound
        case ">" | ">=":
            return own > bound or (operator == ">=" and own == bound)
        case "<" | "<=":
            return own < bound or (operator == "<=" and own == bound)
    fixed = len(parts[0]) - 1
    return own >= bound and (own[:fixed] == bound[:fixed] or not fixed)
