"""Stacks of an infra repo: which root is meant by a name, and what it declares.

A stack is a root module, or a folder of manifests that was named as one.  It is named by its path (``envs/prod``,
``.``), or briefly: ``mailserver`` is the root ``stacks/mailserver``, or else the root that calls a module of that name,
itself or by one of its modules; copies that no root calls do not count.
"""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Hashable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property, partial
from typing import Any, TypeVar, overload

from msgspec.structs import replace

from readers import Malformed, Missing
from readers.account import Account, Remark, Way, Weight, survey, undetermined
from readers.helm.releases import Release, find_release, namesakes
from readers.kubernetes.cluster import Cluster
from readers.kubernetes.commands import Command, touching
from readers.kubernetes.images import runs
from readers.kubernetes.manifests import is_kubernetes
from readers.kubernetes.others import Others, Same
from readers.kubernetes.providers import Clusters, apart, clusters_of
from readers.kubernetes.workloads import Container
from tfparse.cty.values import Unknown
from tfparse.diagnostics import UnknownValueError
from tfparse.graph.root import Root
from tfparse.infra import Infra, kept

T = TypeVar("T")


def _source(root: Root) -> Iterator[Remark]:
    return (Remark(doubt.reason, doubt.origin) for doubt in root.doubts)


def _how_it_is_applied(root: Root) -> Iterator[Remark]:
    return (Remark(note.reason, note.origin, Weight.NOTE) for note in [*root.notes, *root.answered])


_TERRAGRUNT = "https://terragrunt.gruntwork.io/docs/reference/hcl/blocks/"
WAYS: tuple[Way[Root], ...] = (
    Way("root module", "where Terragrunt takes it from, and with which options it is run",
        f"{_TERRAGRUNT}#terraform", _source),
    Way("root module", "hooks, skips and partial runs", f"{_TERRAGRUNT}#terraform", _how_it_is_applied),
    Way("root module", "the environment of whoever runs it (TF_VAR_x, TF_CLI_ARGS, -target by hand)",
        "https://developer.hashicorp.com/terraform/cli/config/environment-variables", None,
        "it is on their machine, not in the repo"),
)  # fmt: skip
"""Ways in which something other than a root's source decides what is applied."""


@dataclass(frozen=True)
class Stack:
    """One root module, as the Kubernetes objects and Helm releases that it declares."""

    name: str
    root: Root
    others: Others = field(default_factory=Others, repr=False, compare=False)
    """Asks the other roots of the repo what they declare."""

    @property
    def label(self) -> str:
        """The root as findings name it: "stacks/mailserver", or "the root module" where it is the repo's top."""
        return self.root.path or "the root module"

    @cached_property
    def account(self) -> Account:
        """What may have another root applied than the one that is read."""
        return survey(WAYS, self.root)

    def unseen_of_type(self, type_: str) -> Unknown | None:
        """Why the root may declare more resources of a type than can be read."""
        provider = type_.partition("_")[0]
        return next(iter([*self.root.incomplete, *self.root.unread_modules(provider, lambda _: True)]), None)

    @cached_property
    def cluster(self) -> Cluster:
        # What a module of a public registry declares is its own: it knows nothing of our workloads.
        return Cluster(self.root.resources(is_kubernetes), self.root.unseen("none of them"), self.others, self.root)

    def container_running(self, repository: str) -> Container:
        """The one container of a deployment whose image is of ``repository`` (as ``docker pull`` names it)."""
        return self.others.kept(self, ("container running", repository), lambda: self._container_running(repository))

    def _container_running(self, repository: str) -> Container:
        accepts = partial(runs, repository=repository)
        found = [container for _, container in self.cluster.running(accepts, f"deployment of {repository}")]
        if len(found) > 1:
            places = " and ".join(c.label for c in found)
            raise Malformed(f"the container that runs {repository}", f"{places} both do", found[1].origin)
        return found[0]

    def release(self, name: str, namespace: str | None = None) -> Release:
        """The Helm release of that name, in a namespace or in any.

        Raises:
            Missing: the root certainly has none.
            Malformed: it has several.
            UnknownValueError: something that cannot be read may be it.
        """
        return self.others.kept(self, ("release", name, namespace), lambda: self._release(name, namespace))

    def _release(self, name: str, namespace: str | None) -> Release:
        try:
            found = find_release(self.root.resources("helm_release".__eq__), name, namespace, f"the {self.name} stack")
        except Missing:
            unseen = self.unseen_of("helm")
            if unseen is None:
                raise
            raise undetermined(f"whether there is a release {name}", unseen, None) from None
        elsewhere = self.others(namesakes, name, found.namespace)
        return replace(found, account=found.account + Account((), tuple(elsewhere)))

    def unseen_of(self, provider: str, namespace: str | None = None) -> Unknown | None:
        """Why the root may declare more of a provider's resources (in a namespace) than can be read."""
        return next(iter(self.root.unseen(provider, namespace)), None)


def _answered(root: Root) -> list[Unknown]:
    return root.answered


def owners_answers(infra: Infra) -> Account:
    """What the owner says of the modules from elsewhere that the roots call: notes, beside all that rests on it."""
    said = {one.reason: one.origin for one in reversed(infra.ask(_answered))}
    return Account((), tuple(Remark(text, origin, Weight.NOTE) for text, origin in sorted(said.items())))


class _OtherRoots(Others):
    """All roots of a repo but one."""

    def __init__(self, infra: Infra, root: Root) -> None:
        self._infra, self._root = infra, root

    def __call__(self, question: Callable[..., list[Any]], *about: Hashable) -> list[Any]:
        ours = clusters_of(self._root)
        if question is touching:
            return self._infra.ask(_commands_of_one_cluster, ours, *about, without=self._root.path)
        if frozenset() in ours:
            return self._infra.ask(question, *about, without=self._root.path)
        return self._infra.ask(_of_one_cluster, ours, question, *about, without=self._root.path)

    def kept(self, about: object, question: Hashable, answer: Callable[[], T]) -> T:
        found, error = self._infra.kept((Same(about), question), lambda: self._outcome(answer))
        if error is None:
            result: T = found
            return result
        try:
            raise error.with_traceback(None)
        finally:
            del error  # which would hold this frame, and be held by it

    def _outcome(self, answer: Callable[[], T]) -> tuple[Any, Exception | None]:
        self._infra.root(self._root.path)  # on which it rests
        try:
            return answer(), None
        except (Missing, Malformed, UnknownValueError) as error:
            return None, error.with_traceback(None)


def stack_of(infra: Infra, name: str, root: Root) -> Stack:
    """A root as a stack of that name, among the others of the repo."""
    return Stack(name, root, others=_OtherRoots(infra, root))


class EveryStack(Sequence[Stack]):
    """All roots of a repo, each of which is made once somebody looks at it."""

    def __init__(self, infra: Infra) -> None:
        self.infra = infra
        self._of: dict[str, Stack] = {}

    @overload
    def __getitem__(self, index: int) -> Stack: ...
    @overload
    def __getitem__(self, index: slice) -> list[Stack]: ...
    def __getitem__(self, index: int | slice) -> Stack | list[Stack]:
        return self._every[index]

    def __len__(self) -> int:
        return len(self._every)

    @cached_property
    def _every(self) -> list[Stack]:
        return [self.at(root) for root in dict.fromkeys((*self.infra.roots, *self.infra.beside))]

    def at(self, root: Root) -> Stack:
        """A root as a stack."""
        if root.path not in self._of:
            self._of[root.path] = stack_of(self.infra, root.path or ".", root)
        return self._of[root.path]


def answers(stacks: Sequence[Stack], question: Callable[..., list[T]], *about: Hashable) -> list[T]:
    """What the roots of some stacks say to a question: of all roots it is known from earlier runs, mostly."""
    if isinstance(stacks, EveryStack):
        return stacks.infra.ask(question, *about)
    return [one for stack in stacks for one in question(stack.root, *about)]


def that_say(stacks: Sequence[Stack], question: Callable[..., list[str]], *about: Hashable) -> list[Stack]:
    """Those of some stacks whose roots answer a question, which is by their path."""
    said = dict.fromkeys(answers(stacks, question, *about))
    if isinstance(stacks, EveryStack):
        return [stacks.at(stacks.infra.root(path)) for path in said]
    return [stack for stack in stacks if stack.root.path in said]


def _of_one_cluster(root: Root, ours: Clusters, question: Callable[..., list[Any]], *about: Hashable) -> list[Any]:
    """What a root says to a question; nothing where its objects certainly are in another cluster than ours."""
    return [] if apart(ours, clusters_of(root)) else question(root, *about)


def _commands_of_one_cluster(root: Root, ours: Clusters, kind: str, name: str, namespace: str) -> list[Command]:
    """The calls in a root that may do something to an object, but those that certainly go to another cluster."""
    theirs = clusters_of(root)
    return [call for call in touching(root, kind, name, namespace) if not apart(ours, call.goes_to(theirs))]


def _calls(root: Root, name: str) -> list[str]:
    """A root's path, if it calls a module of that name itself."""
    return [root.path] if root.calls(name) else []


def _calls_below(root: Root, name: str) -> list[str]:
    """A root's path, if a module that it reaches calls one of that name."""
    return [root.path] if any(name in instance.module.calls for instance in root.instances) else []


def _broken(root: Root) -> list[tuple[str, Unknown]]:
    why = root.instance.module.broken
    return [] if why is None else [(root.path, why)]


@kept
def find_stack(infra: Infra, name: str) -> Stack:
    """The stack of that name.

    Missing where no root is it; UnknownValueError where a root that could not be read may be; Malformed
    where several roots call a module of that name.
    """
    plain = posixpath.normpath(name)
    manifests, root = f"{plain}/", "" if plain == "." else plain
    for path in (manifests, root) if name.endswith("/") else (root, f"stacks/{name}", manifests):
        if infra.has_root(path):
            return stack_of(infra, name, infra.root(path))
    callers = infra.ask(_calls, name) or infra.ask(_calls_below, name)
    if len(callers) > 1:
        raise Malformed(f"the {name} stack", " and ".join(callers) + f" all call a module {name}")
    if callers:
        return stack_of(infra, name, infra.root(callers[0]))
    for path, why in infra.ask(_broken):
        raise UnknownValueError(f"whether {path} calls a module {name}: {why.reason}", why.origin)
    path = name if "/" in name else f"stacks/{name}"
    looked = f"neither a root {path} nor a root that calls a module of that name"
    raise Missing(f"stack {name}", f"the infra repo: {looked}", None, (name, infra.root_paths))
