"""What types can become of each other, and the common type of several.

Source: zclconf/go-cty, ``cty/convert``; "unsafe" conversions (string to number, map to object) are included,
as everywhere in Terraform.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from tfparse.cty.types import BOOL, DYNAMIC, NUMBER, STRING, Dynamic, List, Map, Object, Primitive, Set, Tuple, Type


def concrete(type: Type) -> Type:
    """The type with its optional attributes made ordinary ones: what a converted value has."""
    if isinstance(type, Object):
        return Object(tuple((name, concrete(t)) for name, t in type.attributes))
    if isinstance(type, Tuple):
        return Tuple(tuple(map(concrete, type.elements)))
    if isinstance(type, List):
        return List(concrete(type.element))
    if isinstance(type, Set):
        return Set(concrete(type.element))
    if isinstance(type, Map):
        return Map(concrete(type.element))
    return type


def convertible(source: Type, target: Type) -> bool:
    """Whether some value of ``source`` could become one of ``target``."""
    if isinstance(source, Dynamic) or isinstance(target, Dynamic) or source == target:
        return True
    if isinstance(target, Primitive):
        return isinstance(source, Primitive) and {source, target} != {NUMBER, BOOL}
    if isinstance(target, (List, Set)):
        if isinstance(source, (List, Set)):
            return convertible(source.element, target.element)
        return isinstance(source, Tuple) and _all_convertible(source.elements, target.element)
    if isinstance(target, Map):
        if isinstance(source, Map):
            return convertible(source.element, target.element)
        return isinstance(source, Object) and _all_convertible([t for _, t in source.attributes], target.element)
    if isinstance(target, Tuple):
        return (
            isinstance(source, Tuple)
            and len(source.elements) == len(target.elements)
            and all(map(convertible, source.elements, target.elements))
        )
    if isinstance(source, Map):
        return all(n in target.optional or convertible(source.element, t) for n, t in target.attributes)
    if not isinstance(source, Object):
        return False
    held = source.as_dict()
    return all(convertible(held[n], t) if n in held else n in target.optional for n, t in target.attributes)


def _all_convertible(sources: Sequence[Type], target: Type) -> bool:
    if isinstance(target, Dynamic):
        return not sources or unify(sources) is not None
    return all(convertible(source, target) for source in sources)


def filled(source: Type, target: Type) -> Type:
    """``target`` with what it leaves open taken from ``source``."""
    if isinstance(target, Dynamic):
        return source
    if isinstance(source, Dynamic) or isinstance(target, Primitive):
        return target
    if isinstance(target, Map):
        return Map(filled(_element_of(source), target.element))
    if isinstance(target, List):
        return List(filled(_element_of(source), target.element))
    if isinstance(target, Set):
        return Set(filled(_element_of(source), target.element))
    if isinstance(target, Tuple) and isinstance(source, Tuple):
        return Tuple(tuple(map(filled, source.elements, target.elements)))
    if isinstance(target, Object):
        if isinstance(source, Map):
            return Object(tuple((n, filled(source.element, t)) for n, t in target.attributes))
        held = source.as_dict() if isinstance(source, Object) else {}
        return Object(tuple((n, filled(held.get(n, DYNAMIC), t)) for n, t in target.attributes))
    return target


def _element_of(source: Type) -> Type:
    if isinstance(source, (List, Set, Map)):
        return source.element
    if isinstance(source, Tuple):
        return unify(source.elements) or DYNAMIC
    if isinstance(source, Object):
        return unify([t for _, t in source.attributes]) or DYNAMIC
    return DYNAMIC


def unify(types: Iterable[Type]) -> Type | None:
    """The type that values of all these types can be converted to without surprise; None if there is none.

    A type that is still open (``DYNAMIC``) gives way to a primitive beside it and opens everything else.
    """
    kinds = list(dict.fromkeys(types))
    if len(kinds) <= 1:
        return kinds[0] if kinds else None
    solid = [t for t in kinds if not isinstance(t, Dynamic)]
    for kind in (Map, List, Set, Object, Tuple):
        if all(isinstance(t, kind) for t in solid):
            return _unify_kind(solid) if len(solid) == len(kinds) else DYNAMIC
    maps = [t for t in solid if isinstance(t, Map)]
    lists = [t for t in solid if isinstance(t, List)]
    found: Type | None = None
    if maps and all(isinstance(t, (Map, Object)) for t in solid):
        found = _unify_beside(kinds, Map, _unify_to_map([t for t in solid if isinstance(t, Object)]))
    elif lists and all(isinstance(t, (List, Tuple)) for t in solid):
        found = _unify_beside(kinds, List, _unify_to_list([t for t in solid if isinstance(t, Tuple)]))
    if found is not None:
        return found
    if {Object, Tuple} <= set(map(type, solid)) and not (maps or lists):
        return None
    return next((t for t in _by_preference(kinds) if all(convertible(other, t) for other in kinds)), None)


def _unify_kind(types: Sequence[Type]) -> Type | None:
    first = types[0]
    if isinstance(first, (List, Set, Map)):
        element = unify(t.element for t in types if isinstance(t, (List, Set, Map)))
        return None if element is None else type(first)(element)
    if isinstance(first, Tuple):
        tuples = [t for t in types if isinstance(t, Tuple)]
        if any(len(t.elements) != len(first.elements) for t in tuples):
            return _unify_to_list(tuples)
        elements = [unify(column) for column in zip(*(t.elements for t in tuples), strict=True)]
        return None if None in elements else Tuple(tuple(e for e in elements if e is not None))
    objects = [t for t in types if isinstance(t, Object)]
    names = [name for name, _ in objects[0].attributes]
    if any([name for name, _ in t.attributes] != names for t in objects):
        return _unify_to_map(objects)
    columns = zip(*((attribute for _, attribute in t.attributes) for t in objects), strict=True)
    unified = {name: unify(column) for name, column in zip(names, columns, strict=True)}
    return None if None in unified.values() else Object(tuple((n, t) for n, t in unified.items() if t is not None))


def _unify_to_map(types: Sequence[Object]) -> Type | None:
    element = unify(attribute for t in types for _, attribute in t.attributes)
    return Map(element) if element is not None and all(convertible(t, Map(element)) for t in types) else None


def _unify_to_list(types: Sequence[Tuple]) -> Type | None:
    element = unify(e for t in types for e in t.elements)
    # Of elements of which some are of an open type and some are not, no list can be made.
    if isinstance(element, Dynamic) and any(len(set(t.elements)) > 1 and unify(t.elements) == DYNAMIC for t in types):
        return None
    return List(element) if element is not None and all(convertible(t, List(element)) for t in types) else None


def _unify_beside(types: Sequence[Type], kind: type[Map] | type[List], stand_in: Type | None) -> Type | None:
    """The common type where objects stand beside maps, or tuples beside lists, and mean the same."""
    if stand_in is None:
        return None
    found = unify(stand_in if isinstance(t, (Object, Tuple)) else t for t in types)
    return found if isinstance(found, kind) else None


def _by_preference(types: Sequence[Type]) -> list[Type]:
    """The types in a topological order, the more general before the less."""
    order = [[_prefer(a, b) for b in types] for a in types]
    blocked = [sum(order[j][i] < 0 for j in range(len(types))) for i in range(len(types))]
    queue = [i for i, count in enumerate(blocked) if not count]
    for i in queue:
        for j in range(len(types)):
            if order[i][j] < 0:
                blocked[j] -= 1
                if not blocked[j]:
                    queue.append(j)
    return [types[i] for i in queue]


def _prefer(a: Type, b: Type) -> int:
    """Negative where ``a`` is the more general of two types, positive where ``b`` is, else 0."""
    if isinstance(a, Dynamic) or isinstance(b, Dynamic):
        return isinstance(a, Dynamic) - isinstance(b, Dynamic)
    if isinstance(a, Primitive) and isinstance(b, Primitive):
        return (b == STRING) - (a == STRING)
    if isinstance(a, (List, Set, Map)) and type(a) is type(b):
        return _prefer(a.element, _element_of(b))
    rank = {List: 0, Tuple: 1, Set: 2}
    if type(a) in rank and type(b) in rank and type(a) is not type(b):
        return -1 if rank[type(a)] < rank[type(b)] else 1
    if {type(a), type(b)} == {Map, Object}:
        return -1 if isinstance(a, Map) else 1
    pairs: Iterable[tuple[Type, Type]] = ()
    if isinstance(a, Tuple) and isinstance(b, Tuple) and len(a.elements) == len(b.elements):
        pairs = zip(a.elements, b.elements, strict=True)
    elif isinstance(a, Object) and isinstance(b, Object) and a.as_dict().keys() == b.as_dict().keys():
        pairs = zip(a.as_dict().values(), b.as_dict().values(), strict=True)
    signs = {_prefer(x, y) for x, y in pairs} - {0}
    return 0 if len(signs) != 1 and signs != {-1} else signs.pop()


# -- messages ---------------------------------------------------------------------------------------


def mismatch(source: Type, target: Type) -> str:
    """Why no value of ``source`` can become one of ``target``."""
    if isinstance(source, Object) and isinstance(target, Object):
        held = source.as_dict()
        missing = [name for name, _ in target.attributes if name not in held and name not in target.optional]
        if missing:
            return required(missing)
    where = _first_mismatch(source, target)
    if where is not None:
        return where
    structural = isinstance(source, Object) if isinstance(target, Map) else isinstance(source, Tuple)
    if structural and isinstance(target, (List, Set, Map)) and isinstance(target.element, Dynamic):
        return f"all {_kind(target)} elements must have the same type"
    return f"{friendly(target)} required"


def _first_mismatch(source: Type, target: Type) -> str | None:
    pairs: Iterable[tuple[str, Type, Type]] = ()
    if isinstance(target, Object) and isinstance(source, Object):
        held = source.as_dict()
        pairs = ((f'attribute "{n}"', held[n], t) for n, t in target.attributes if n in held)
    elif isinstance(target, (List, Set)) and isinstance(source, Tuple):
        pairs = ((f"element {i}", e, target.element) for i, e in enumerate(source.elements))
    elif isinstance(target, Map) and isinstance(source, Object):
        pairs = ((f'element "{n}"', t, target.element) for n, t in source.attributes)
    elif isinstance(target, (List, Set, Map)) and type(source) is type(target):
        pairs = ((f"incorrect {_kind(target)} element type", _element_of(source), target.element),)
    return next((f"{where}: {mismatch(a, b)}" for where, a, b in pairs if not convertible(a, b)), None)


def required(names: Sequence[str]) -> str:
    """That an object lacks attributes."""
    quoted = [f'"{name}"' for name in sorted(names)]
    if len(quoted) == 1:
        return f"attribute {quoted[0]} is required"
    if len(quoted) == 2:
        return f"attributes {quoted[0]} and {quoted[1]} are required"
    return f"attributes {', '.join(quoted[:-1])}, and {quoted[-1]} are required"


def friendly(type: Type) -> str:
    """A type as Terraform's messages name it: ``list of string``, ``object``, ``any type``."""
    if isinstance(type, Dynamic):
        return "any type"
    if isinstance(type, (List, Set, Map)):
        inner = "any single type" if isinstance(type.element, Dynamic) else friendly(type.element)
        return f"{_kind(type)} of {inner}"
    if isinstance(type, Tuple):
        return "tuple"
    return "object" if isinstance(type, Object) else type.name


def _kind(type: List | Set | Map) -> str:
    return {List: "list", Set: "set", Map: "map"}[type.__class__]
