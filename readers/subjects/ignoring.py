"""Which ``ignore_changes`` entry covers what stands at a path of a Kubernetes object."""

from __future__ import annotations

from readers.kubernetes.fields import covering
from readers.kubernetes.typed import singulars, snake
from readers.subjects.path import Index, Key, Path, Where, parse_path
from tfparse import IgnoredPath, Resource
from tfparse.graph.model import Block, Body

Place = tuple[str | int, ...]


def ignoring(resource: Resource, body: Body, place: Place, path: str) -> IgnoredPath | None:
    """The entry that covers a path below the ``body`` that stands at a ``place`` of a typed resource."""
    made = (*place, *as_terraform(body, parse_path(path)))
    # Of what is not declared it is open whether it is the argument of a block or the key of a map.
    ways = (made, (*made[:-2], made[-1])) if len(made) > 2 and made[-2] == 0 else (made,)
    return next((entry for way in ways if (entry := covering(resource.ignore_changes, way)) is not None), None)


def ignoring_manifest(resource: Resource, path: str) -> IgnoredPath | None:
    """Likewise of a ``kubernetes_manifest``, whose keys stand below ``manifest`` as they are."""
    steps = [step.name if isinstance(step, Key) else step.number if isinstance(step, Index) else "?"
             for step in parse_path(path).steps]  # fmt: skip
    return covering(resource.ignore_changes, ("manifest", *steps))


def as_terraform(body: Body, path: Path) -> Place:
    """A path of the API as Terraform writes it: ``spec[0].template[0].spec[0].container[1].image``.

    It ends before an element that no block declares.
    """
    made: list[str | int] = []
    here: Body | None = body
    blocks: tuple[Block, ...] = ()
    for number, step in enumerate(path.steps, 1):
        match step:
            case Key(name) if here is not None and number < len(path.steps) and not _declares(here, name):
                made, here = [*made, snake(name), 0], _EMPTY
            case Key(name):
                blocks = _blocks(here, name)
                # Below an argument stand the keys of a map, as they are written.
                made += [blocks[0].type, 0] if blocks else [snake(name) if here is not None else name]
                here = blocks[0].body if blocks else None
            case Index(at) if at < len(blocks):
                made[-1], here, blocks = at, blocks[at].body, ()
            case Index(at) if not blocks:
                made.append(at)
            case Where() if (place := _place_of(blocks, step)) is not None:
                made[-1], here, blocks = place, blocks[place].body, ()
            case _:
                return tuple(made[:-1] if blocks else made)
    return tuple(made)


_EMPTY = Body({})


def _declares(body: Body, key: str) -> bool:
    return bool(_blocks(body, key)) or body.attribute(snake(key)) is not None


def _blocks(body: Body | None, key: str) -> tuple[Block, ...]:
    if body is None:
        return ()
    return next((found for type_ in (snake(key), *singulars(snake(key))) if (found := body.blocks(type_))), ())


def _place_of(blocks: tuple[Block, ...], step: Where) -> int | None:
    texts = [held.raw if (held := block.body.attribute(snake(step.key))) is not None else None for block in blocks]
    return texts.index(step.text) if step.text in texts else None
