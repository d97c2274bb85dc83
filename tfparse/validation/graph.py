"""What depends on what in a module and those that it calls, before anything is repeated or evaluated.

Terraform goes by whole declarations: two resources that need each other's arguments are a cycle, even where
the arguments themselves are not.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from tfparse.configs.module import Located, LocatedBlock, Module, Section
from tfparse.hcl.walking import INDEX, Path
from tfparse.validation.names import Place, names, places, resource_key

Vertex = tuple[str, ...]
"""The address of the module, and of a declaration in it: ``("module.m", "local", "a")``."""

EXPAND: Final = "(expand)"
CLOSE: Final = "(close)"


class Graph:
    """The dependencies of a module, and of one instance of each that it calls."""

    def __init__(self) -> None:
        self.edges: dict[Vertex, list[Vertex]] = {}
        self.sites: dict[Vertex, Located | LocatedBlock] = {}

    def add(self, address: str, module: Module, children: Mapping[str, Module], inside: Vertex | None) -> None:
        """Take in what a module declares; ``inside`` is the call that all of it waits for."""
        for name, located in module.locals.items():
            self._vertex((address, "local", name), located, module, [Place(located, frozenset())], inside)
        for name, section in module.outputs.items():
            self._vertex((address, "output", name), section.header, module, places("output", section), inside)
        for name, section in module.variables.items():
            self._vertex((address, "var", name), section.header, module, places("variable", section), inside)
        for key, section in module.resources.items():
            self._vertex((address, *key), section.header, module, places(key[0], section), inside)
        for name in module.calls:
            self._call(address, module, name, children.get(name), inside)

    def _call(self, address: str, module: Module, name: str, child: Module | None, inside: Vertex | None) -> None:
        section = module.calls[name]
        expand, close = (address, "module", name, EXPAND), (address, "module", name, CLOSE)
        own = [p for p in places("module", section) if not _is_argument(section, p)]
        self._vertex(expand, section.header, module, own, inside)
        self.edges[close] = [expand]
        if child is None:
            return
        below = child_address(address, name)
        for variable in child.variables.keys() & section.attributes.keys():
            place = Place(section.attributes[variable], frozenset({"each", "count"}))
            self.edges[below, "var", variable] = [expand, *self._needs((address,), module, [place])]
        self.edges[close] += [(below, "output", output) for output in child.outputs]
        self.edges[close] += [(below, *key) for key in child.resources]

    def _vertex(
        self, vertex: Vertex, at: Located | LocatedBlock, module: Module, found: Iterable[Place], inside: Vertex | None
    ) -> None:
        needs = list(self._needs(vertex, module, found))
        if vertex[1] == "var":
            needs = [need for need in needs if need != vertex]  # a validation is about the variable itself
        held = self.edges.setdefault(vertex, [inside] if inside else [])
        held += needs
        self.sites[vertex] = at

    def _needs(self, vertex: Vertex, module: Module, found: Iterable[Place]) -> Iterator[Vertex]:
        for place in found:
            for name in names(place):
                target = _target(vertex[0], module, name.path)
                if target is not None and not (target == vertex and place.later):
                    yield target

    def cycles(self) -> Iterator[list[Vertex]]:
        """One loop through each vertex that is first found on one."""
        done: set[Vertex] = set()
        for start in self.edges:
            path: dict[Vertex, Iterator[Vertex]] = {}
            following: Vertex | None = start
            while following is not None or path:
                if following is not None and following not in done and following not in path:
                    path[following] = iter(self.edges.get(following, ()))
                elif following is not None and following in path:
                    loop = list(path)
                    yield loop[loop.index(following) :]
                last = next(reversed(path), None)
                following = None if last is None else next(path[last], None)
                if last is not None and following is None:
                    done.add(last)
                    del path[last]


def _is_argument(section: Section, place: Place) -> bool:
    return any(
        place.expression is located for name, located in section.attributes.items() if name not in ("count", "for_each")
    )


def _target(address: str, module: Module, path: Path) -> Vertex | None:
    """What a reference needs."""
    if path[0] in ("local", "var") and len(path) > 1:
        return (address, path[0], path[1])
    if path[0] == "module" and len(path) > 1:
        after = [step for step in path[2:] if step != INDEX]
        return (child_address(address, path[1]), "output", after[0]) if after else (address, "module", path[1], CLOSE)
    key = resource_key(path)
    return (address, *key) if key is not None and key in module.resources else None


def child_address(address: str, name: str) -> str:
    return f"{address}.module.{name}".lstrip(".")


def shown(vertex: Vertex) -> str:
    """A vertex as Terraform names it: ``module.m.local.a``, ``data.x.y``."""
    address, kind, *rest = vertex
    parts = [address, *([] if kind == "resource" else [kind]), *rest]
    return ".".join(part for part in parts if part and part != CLOSE and part != EXPAND)
