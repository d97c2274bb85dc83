"""Stacks of an infra repo: which root is meant by a name, and what it declares.

A stack is a root module.  It is named by its path (``envs/prod``, ``.``), or briefly: ``mailserver`` is the root
``stacks/mailserver``, or else the root that calls a module of that name, itself or by one of its modules; copies that
no root calls do not count.
"""

from __future__ import annotations

import posixpath
from dataclasses import dataclass, field
from functools import cached_property, partial

from readers import Malformed, Missing
from readers.helm.values import helm_values
from readers.kubernetes.cluster import Cluster
from readers.kubernetes.fields import nearest
from readers.kubernetes.images import runs
from readers.kubernetes.objects import is_kubernetes
from readers.kubernetes.workloads import Container
from tfparse.cty.values import Unknown, Value
from tfparse.diagnostics import UnknownValueError
from tfparse.graph.root import Root
from tfparse.infra import Infra, kept


@dataclass(frozen=True)
class Stack:
    """One root module, as the Kubernetes objects and Helm releases that it declares."""

    name: str
    root: Root
    _values: dict[str, Value] = field(default_factory=dict, repr=False, compare=False)
    """What the Helm releases that were asked for give their charts."""

    @property
    def label(self) -> str:
        """The root as findings name it: "stacks/mailserver", or "the root module" where it is the repo's top."""
        return self.root.path or "the root module"

    @cached_property
    def unseen(self) -> Unknown | None:
        """Why the root may declare more than can be read, of whatever provider."""
        return next(iter([*self.root.incomplete, *self.root.elsewhere]), None)

    @cached_property
    def cluster(self) -> Cluster:
        # What a module of a public registry declares is its own: it knows nothing of our workloads.
        return Cluster(self.root.resources(is_kubernetes), self.root.unseen("none of them"))

    def container_running(self, repository: str) -> Container:
        """The one container of a deployment whose image is of ``repository`` (as ``docker pull`` names it)."""
        accepts = partial(runs, repository=repository)
        found = [container for _, container in self.cluster.running(accepts, f"deployment of {repository}")]
        if len(found) > 1:
            places = " and ".join(c.label for c in found)
            raise Malformed(f"the container that runs {repository}", f"{places} both do", found[1].origin)
        return found[0]

    def helm_values(self, release: str) -> Value:
        """The values that the Helm release of that name gives its chart."""
        if release not in self._values:
            self._values[release] = self._helm_values(release)
        return self._values[release]

    def _helm_values(self, release: str) -> Value:
        doubt: UnknownValueError | None = None
        for resource in self.root.resources("helm_release".__eq__):
            name = resource.body.attribute("name")
            if name is not None and name.is_unknown:
                doubt = UnknownValueError(f"{resource.address} may be the release {release}", resource.origin)
            elif name is not None and name.as_string() == release:
                return helm_values(resource)
        unseen = self.root.unseen("helm")
        if doubt is None and unseen:
            why = unseen[0]
            doubt = UnknownValueError(f"whether there is a release {release}: {why.reason}", why.origin)
        raise doubt or Missing(f"Helm release {release}", f"the {self.name} stack")

    def unseen_of(self, provider: str) -> Unknown | None:
        """Why the root may declare more of a provider's resources than can be read."""
        return next(iter(self.root.unseen(provider)), None)


@kept
def find_stack(infra: Infra, name: str) -> Stack:
    """The stack of that name.

    Missing where no root is it; UnknownValueError where a root that could not be read may be; Malformed
    where several roots call a module of that name.
    """
    for path in (posixpath.normpath(name) if name != "." else "", f"stacks/{name}"):
        if path in infra.root_paths:
            return Stack(name, infra.root(path))
    callers = [root for root in infra.roots if root.calls(name)]
    callers = callers or [root for root in infra.roots if any(name in i.module.calls for i in root.instances)]
    if len(callers) > 1:
        raise Malformed(f"the {name} stack", " and ".join(r.path for r in callers) + f" all call a module {name}")
    if callers:
        return Stack(name, callers[0])
    for root in infra.roots:
        if root.instance.module.broken is not None:
            why = root.instance.module.broken
            raise UnknownValueError(f"whether {root.path} calls a module {name}: {why.reason}", why.origin)
    path = name if "/" in name else f"stacks/{name}"
    looked = f"neither a root {path} nor a root that calls a module of that name"
    raise Missing(f"stack {name}", f"the infra repo: {looked}{nearest(name, list(infra.root_paths))}")
