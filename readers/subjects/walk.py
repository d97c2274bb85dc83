"""Where a path leads."""

from __future__ import annotations

from collections.abc import Callable

from msgspec import Struct
from msgspec.structs import replace

from readers import Malformed, Missing, nearest
from readers.account import NO_ACCOUNT, Account, Certainty, same
from readers.subjects.besides import Besides
from readers.subjects.kubernetes_node import EnvironmentNode, KubernetesNode, ManifestNode
from readers.subjects.node import AccountedNode, ChartValuesNode, Child, Node
from readers.subjects.path import Each, Index, Key, Path, Step, Where, shown
from tfparse import Origin, Value
from tfparse.cty.values import Unknown, null, unknown
from tfparse.diagnostics import UnknownValueError
from tfparse.graph.model import IgnoredPath

_NO_NODE = AccountedNode(null())


class Found(Struct, frozen=True):
    """What stands at a path, ``[*]`` replaced by the element's place.

    ``value`` is None where certainly nothing does; then ``origin`` is the line that should hold it, and ``near`` the
    keys that there are.  Where that cannot be known, ``value`` is unknown, and ``hidden`` says why.  ``account`` says
    what else could decide it, ``ignored`` is the ``ignore_changes`` entry that covers it, ``source`` who sets it;
    ``holders`` are the workload and the container that it is of, each with the way from there.
    """

    path: str
    value: Value | None
    origin: Origin | None
    near: str = ""
    hidden: Unknown | None = None
    account: Account = NO_ACCOUNT
    ignored: IgnoredPath | None = None
    source: str = ""
    holders: tuple[tuple[KubernetesNode | ManifestNode, tuple[Step, ...]], ...] = ()

    def holds(self, test: Callable[[Value | None], Certainty]) -> Certainty:
        """Whether it holds of what stands here; where nothing may, whether it holds both ways."""
        verdict = test(self.value)
        if self.hidden is None or (isinstance(verdict, bool) and test(None) is verdict):
            return verdict
        return self.hidden

    def besides(self, condition: str) -> Besides:
        """What else decides what stands here, where a condition is asked of it.

        Raises:
            UnknownValueError: something may.
        """
        found = [holder.besides(steps, condition) for holder, steps in self.holders]
        return Besides(tuple(s for one in found for s in one.settings), sum((b.account for b in found), self.account))


def walk(node: Node, path: Path) -> list[Found]:
    """What stands at a path: one thing, or one for each element that ``[*]`` and ``[key=text]`` take.

    Raises:
        Missing: a list whose elements are meant has none.
        Malformed: the path asks a key of a list, or an element of what is none.
    """
    found = _walk(node, path.steps, ())
    if not found:
        raise Missing(f"element at {path}", "what is declared", node.origin)
    return found


def _walk(node: Node, left: tuple[Step, ...], gone: tuple[Step, ...]) -> list[Found]:
    found = _further(node, left, gone)
    if isinstance(node, (KubernetesNode, ManifestNode)) and (node.container is not None or node.is_whole):
        return [replace(one, holders=(*one.holders, (node, left))) for one in found]
    return found


def _further(node: Node, left: tuple[Step, ...], gone: tuple[Step, ...]) -> list[Found]:
    if not left:
        of = node if isinstance(node, AccountedNode) else _NO_NODE
        return [Found(shown(gone), _known(node), node.origin, account=of.account, ignored=of.ignored, source=of.source)]
    step, *rest = left
    if isinstance(step, Key):
        child = node.child(step.name)
        if child is None and isinstance(node, ChartValuesNode) and node.lacks(step.name):
            return [Found(shown((*gone, *left)), None, node.origin)]
        if child is None:
            return [_nothing(node, (*gone, *left), nearest(step.name, list(node.keys())))]
        return _into(child, tuple(rest), (*gone, step))
    return _among(node, step, tuple(rest), gone)


def _known(node: Node) -> Value:
    try:
        return node.value()
    except UnknownValueError as error:
        return unknown(error.reason, error.origin)


def _into(child: Child, rest: tuple[Step, ...], gone: tuple[Step, ...]) -> list[Found]:
    """What stands further on; unknown where the child itself may not be there."""
    if isinstance(child.there, Unknown):
        return [_hidden(child.node, (*gone, *rest), child.there)]
    return _walk(child.node, rest, gone)


def _nothing(node: Node, steps: tuple[Step, ...], near: str) -> Found:
    why = node.unseen()
    return Found(shown(steps), None, node.origin, near) if why is None else _hidden(node, steps, why)


def _hidden(node: Node, steps: tuple[Step, ...], why: Unknown) -> Found:
    return Found(shown(steps), unknown(why.reason, why.origin), node.origin, hidden=why)


def _among(node: Node, step: Step, rest: tuple[Step, ...], gone: tuple[Step, ...]) -> list[Found]:
    """What stands further on in the elements that a step takes."""
    elements = node.elements()
    if elements is None:
        why = node.unseen()
        if why is None:
            raise Malformed(
                f"path {shown((*gone, step, *rest))}", f"{shown(gone) if gone else 'it'} is no list", node.origin
            )
        return [_hidden(node, (*gone, step, *rest), why)]
    match step:
        case Where():
            return _where(node, elements, step, rest, gone)
        case Index(number):
            taken = elements[number : number + 1]
        case _:
            taken = elements
    found = [
        hit
        for at, child in enumerate(taken, step.number if isinstance(step, Index) else 0)
        for hit in _into(child, rest, (*gone, Index(at)))
    ]
    if isinstance(step, Index) and not found:
        return [_nothing(node, (*gone, step, *rest), f" (it has {len(elements)})")]
    why = node.unseen()
    return [*found, _hidden(node, (*gone, Each(), *rest), why)] if why is not None and found == [] else found


def _where(
    node: Node, elements: list[Child], step: Where, rest: tuple[Step, ...], gone: tuple[Step, ...]
) -> list[Found]:
    if isinstance(node, EnvironmentNode) and step.one:
        variable = node.named(step.text)
        if variable is None:
            return [_nothing(node, (*gone, step, *rest), nearest(step.text, node.names))]
        return _into(variable, rest, (*gone, step))
    found: list[Found] = []
    names: list[str] = []
    for child in elements:
        verdict, text = _says(child.node, step)
        names += [text] if text else []
        if verdict is False:
            continue
        hidden = next((c for c in (verdict, child.there) if isinstance(c, Unknown)), None)
        if hidden is not None:
            found.append(_hidden(child.node, (*gone, step, *rest), hidden))
        else:
            found += _walk(child.node, rest, (*gone, step))
    if step.one and len(found) > 1 and not rest:
        raise Malformed(f"path {shown((*gone, step))}", f"{len(found)} are called {step.text}", node.origin)
    if not found and step.one:
        return [_nothing(node, (*gone, step, *rest), nearest(step.text, names))]
    return found


def _says(node: Node, step: Where) -> tuple[Certainty, str | None]:
    """Whether an element has the text under the key, and what it has there."""
    try:
        child = node.child(step.key)
    except Malformed:  # a single value, or a list
        return False, None
    if child is None:
        return node.unseen() or False, None
    value = child.node.value()
    if isinstance(child.there, Unknown):
        return child.there, None
    if isinstance(value.raw, (dict, tuple)):
        return False, None
    return same(value, step.text), value.raw if isinstance(value.raw, str) else None
