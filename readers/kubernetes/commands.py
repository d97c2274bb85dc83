"""``kubectl`` and ``helm`` as commands: what provisioners, Jobs and CronJobs do to objects past Terraform.

Sources: https://kubernetes.io/docs/reference/kubectl/ and
https://developer.hashicorp.com/terraform/language/provisioners
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Iterator, Mapping

from msgspec import Struct
from msgspec.structs import replace

from readers.account import Remark, Weight
from readers.kubernetes.manifests import at, listed, raw_manifest
from readers.kubernetes.providers import Clusters, Fact, Facts, cluster_of, kubeconfig
from readers.kubernetes.typed import manifests, of_types
from tfparse.configs.module import Section
from tfparse.cty.values import HOLE, Value, string, tuple_
from tfparse.diagnostics import Origin
from tfparse.graph.body import Expanded, readable
from tfparse.graph.instance import ModuleInstance
from tfparse.graph.model import Body, Resource
from tfparse.graph.root import Root
from tfparse.patterns import pattern
from tfparse.source.places import OutsideRoot

_READING = frozenset({
    "annotate", "api-resources", "api-versions", "auth", "certificate", "cluster-info", "completion", "config",
    "cordon", "describe", "diff", "drain", "env", "events", "explain", "get", "history", "lint", "list", "logs",
    "options", "plugin", "port-forward", "proxy", "pull", "repo", "search", "show", "status", "taint", "template",
    "top", "uncordon", "version", "wait",
})  # fmt: skip
"""Verbs of kubectl and helm that change nothing of what an object declares of its pods."""
_ROLLOUT_READING = frozenset({"history", "restart", "status"})
"""What follows ``rollout`` and leaves the object as declared; ``pause`` keeps what comes from being rolled out."""
_FLEETING = frozenset({"attach", "cp", "debug", "exec"})
"""Verbs that change running pods at most: new ones are as declared."""
_WITH_VALUE = frozenset({
    "-f", "--filename", "-k", "--kustomize", "-o", "--output", "-l", "--selector", "--context", "--kubeconfig",
    "--cluster", "--user", "--as", "-s", "--server", "-p", "--patch", "--type", "--timeout", "-c", "--container",
    "--kube-context", "--set", "--values", "--version", "--replicas", "--field-manager", "--patch-file",
})  # fmt: skip
"""Options that take the next word."""
_CLUSTERS = {
    "--context": "context in the kubeconfig", "--kube-context": "context in the kubeconfig",
    "--cluster": "cluster in the kubeconfig", "--kubeconfig": "kubeconfig",
}  # fmt: skip
"""Options that name a cluster, as :mod:`readers.kubernetes.providers` calls it."""
_NAMES = {
    "deployment": {"deploy", "deployment", "deployments", "deployment.apps", "deployments.apps"},
    "stateful set": {"sts", "statefulset", "statefulsets", "statefulset.apps", "statefulsets.apps"},
    "daemon set": {"ds", "daemonset", "daemonsets", "daemonset.apps", "daemonsets.apps"},
    "replication controller": {"rc", "replicationcontroller", "replicationcontrollers"},
    "cron job": {"cj", "cronjob", "cronjobs", "cronjob.batch", "cronjobs.batch"},
    "job": {"job", "jobs", "job.batch", "jobs.batch"}, "pod": {"po", "pod", "pods"},
    "ConfigMap": {"cm", "configmap", "configmaps"}, "Secret": {"secret", "secrets"},
    "service": {"svc", "service", "services"},
}  # fmt: skip
"""How kubectl calls each kind."""
_PARTS = {
    "scale": "replicas", "autoscale": "replicas", "set env": "environment", "set image": "image",
    "set resources": "resources",
}  # fmt: skip
"""Verbs that change one part of an object alone (https://kubernetes.io/docs/reference/kubectl/generated/kubectl_set/)."""
_ASSIGNED = pattern(rf"[\w*{HOLE}-]+=.*", re.DOTALL)
#: Each begins where a word does: nothing is sought again from its middle.
_SCRIPT = pattern(r"(?<![^\s\"';&|<>()$`])[^\s\"';&|<>()$`]+\.(?:sh|bash)")
_LONGEST = 200_000
"""Characters of a script that are looked at."""
_CALL = pattern(r"(?:^|[\s/\"'(`])(kubectl|helm)\s+(.*)")
_KUBECONFIG = pattern(r"\bKUBECONFIG=(\S*)")
_TURNS = pattern(r"(?:^|[\s;])(?:if|case|for|while|until|function)\s|[(){}]|\|\|(?!\s*(?:exit|return)\b)")
"""Where a script takes one way of several, or a shell of its own: which cluster is chosen there is not followed."""
_JOBS = ("kubernetes_job", "kubernetes_job_v1", "kubernetes_cron_job", "kubernetes_cron_job_v1")
_CONTAINERS = {
    "Job": ("spec", "template", "spec", "containers"),
    "CronJob": ("spec", "jobTemplate", "spec", "template", "spec", "containers"),
}
"""Where a raw manifest of each kind has its containers."""


class Command(Struct, frozen=True):
    """A call of kubectl or helm: its program, verb, namespace (None where none is said), and what it names after it.

    ``cluster`` is what its options say of that, ``in_cluster`` tells whether a pod runs it.
    """

    place: str
    program: str
    verb: str
    namespace: str | None
    rest: tuple[str, ...]
    origin: Origin | None
    cluster: Facts = frozenset()
    in_cluster: bool = False

    def goes_to(self, clusters: Clusters) -> Clusters:
        """The clusters that it may change: what its options say, or those of its root's objects for one that runs in
        a Job; none where the kubeconfig of whoever runs it decides."""
        if self.cluster:
            return frozenset({self.cluster})
        return clusters if self.in_cluster else frozenset()

    def touches(self, kind: str, name: str, namespace: str) -> Remark | None:
        """What it may do to an object of that kind, name and namespace: a doubt where it names that very one."""
        if self.verb in _READING or (self.verb == "rollout" and not _ROLLOUT_READING.isdisjoint(self.rest[:1])):
            return None
        if self.namespace is not None and HOLE not in self.namespace and self.namespace != namespace:
            return None
        targets = self._targets()
        if targets and not any(_may_be(target, kind, name) for target in targets):
            return None
        said = f"{self.place} runs {self.program} {self.verb}"
        named = (True, True) in ((k in _NAMES[kind], n == name) for k, n in targets)
        if named and self.namespace == namespace and self.verb not in _FLEETING:
            return Remark(f"{said} on {kind} {name}", self.origin)
        return Remark(f"{said}, perhaps on {kind} {name}", self.origin, Weight.NOTE)

    def _targets(self) -> list[tuple[str, str]]:
        """The kinds and names that it names; none where it does not say what it is about."""
        words = [word for word in self.rest if "=" not in word or "/" in word.partition("=")[0]]
        slashed = [tuple(word.split("/", 1)) for word in words if "/" in word and not word.startswith((".", "/"))]
        if slashed and self.program == "kubectl":
            return [(kind, name) for kind, name in slashed]
        kinds = [i for i, word in enumerate(words) if word.lower() in _EVERY_NAME]
        return [(words[i].lower(), words[i + 1]) for i in kinds if i + 1 < len(words)]

    @property
    def part(self) -> str:
        """The one part of an object that it can change; empty where that is not known to be one."""
        return _PARTS.get(f"{self.verb} {self.rest[0]}" if self.verb == "set" and self.rest else self.verb, "")

    def may_change(self, part: str, name: str | None) -> bool:
        """Whether it may change that part of an object; ``name`` is the variable's, or the container's."""
        names = {word.partition("=")[0] for word in self.rest if _ASSIGNED.fullmatch(word)}
        names |= {word[:-1] for word in self.rest if re.fullmatch(r"[A-Za-z_]\w*-", word)}
        meant = not names or name is None or name in names or any("*" in one or HOLE in one for one in names)
        return self.part == part and (part not in ("environment", "image") or meant)


_EVERY_NAME = frozenset(name for names in _NAMES.values() for name in names) | {
    "crd", "ingress", "namespace", "no", "node", "nodes", "ns", "pv", "pvc", "role", "rolebinding", "sa", "sc",
    "serviceaccount", "storageclass",
}  # fmt: skip


def _may_be(target: tuple[str, str], kind: str, name: str) -> bool:
    of_kind, called = target
    return (of_kind in _NAMES[kind] or HOLE in of_kind) and (called == name or HOLE in called)


def touching(root: Root, kind: str, name: str, namespace: str) -> list[Command]:
    """The calls in a root that may do something to an object: who asks rests on no others."""
    if "commands" not in root.kept:
        root.kept["commands"] = commands(root)
    found: list[Command] = root.kept["commands"]
    return [command for command in found if command.touches(kind, name, namespace) is not None]


def commands(root: Root) -> list[Command]:
    """The calls of kubectl and helm in a root's provisioners, actions, external programs, Jobs and CronJobs."""
    with_provisioner = {
        type_ for instance in root.instances for (kind, type_, _), section in instance.module.resources.items()
        if kind == "resource" and section.block("provisioner") is not None
    }  # fmt: skip
    found = [
        c for r in root.resources(with_provisioner.__contains__) if with_provisioner for c in _provisioned(r, root)
    ]
    for resource in root.resources("external".__eq__, mode="data"):
        found += _written_in(resource.address, resource.body, "program", root, resource.origin)
    found += [command for instance in root.instances for command in _of_actions(instance, root)]
    for resource in [*of_types(root, *_JOBS), *(manifest.resource for manifest in manifests(root, *_CONTAINERS))]:
        calls = _of_job(resource) if resource.type in _JOBS else _of_manifest(resource)
        here = cluster_of(root, resource.provider)
        found += [replace(call, in_cluster=True, cluster=call.cluster or here) for call in calls]
    return found


def _provisioned(resource: Resource, root: Root) -> Iterator[Command]:
    for block in resource.meta.blocks("provisioner"):
        place = f"{' '.join(block.labels)} of {resource.address}"
        for name in ("command", "inline", "script", "scripts"):
            yield from _written_in(place, block.body, name, root, block.origin)


def _of_actions(instance: ModuleInstance, root: Root) -> Iterator[Command]:
    """Those of ``action`` blocks (Terraform 1.14): local_command's are a program and its arguments."""
    for section in (Section.of(block) for block in instance.module.blocks if block.type == "action"):
        place = f"action.{'.'.join(section.labels)}"
        expanded = Expanded(instance, place, section.attributes, section.blocks, {}, section.header.origin)
        for config in readable(expanded, lambda _: None).blocks("config"):
            words = [value for name in ("command", "arguments") if (value := config.body.attribute(name)) is not None]
            said = [one for value in words for one in (listed(value) or [value])]
            yield from _in(place, tuple_(tuple(said), config.origin), config.origin)


def _written_in(place: str, body: Body, name: str, root: Root, origin: Origin) -> Iterator[Command]:
    """The calls in an attribute, and in the scripts of the repo that it names."""
    value, folder = body.attribute(name), body.attribute("working_dir")
    yield from _in(place, value, origin)
    texts = [one.raw for one in (*listed(value), value) if one is not None and isinstance(one.raw, str)]
    where = folder.raw if folder is not None and isinstance(folder.raw, str) else ""
    for script in sorted({name for text in texts for name in _SCRIPT.findall(text)}):
        path = posixpath.normpath(posixpath.join(root.path, where, script))
        yield from _in(f"{place} ({path})", _content(root, path), Origin(path, 1))


def _content(root: Root, path: str) -> Value | None:
    """The text of a script of the repo; None where there is none, or none that can be read."""
    try:
        return string(root.tree.read_bytes(path).decode()[:_LONGEST], Origin(path, 1), verbatim=True)
    except (OSError, OutsideRoot, UnicodeDecodeError):
        return None


def _of_job(resource: Resource) -> Iterator[Command]:
    for container in _containers(resource.body):
        for name in ("command", "args"):
            yield from _in(resource.address, container.attribute(name), resource.origin)


def _containers(body: Body) -> Iterator[Body]:
    for block in body.blocks():
        if block.type in ("container", "init_container"):
            yield block.body
        elif block.type in ("spec", "template", "job_template"):
            yield from _containers(block.body)


def _of_manifest(resource: Resource) -> Iterator[Command]:
    manifest = raw_manifest(resource)
    kind = at(manifest, "kind")
    if kind is None or not isinstance(kind.raw, str) or kind.raw not in _CONTAINERS:
        return
    for container in listed(at(manifest, *_CONTAINERS[kind.raw])):
        for name in ("command", "args"):
            yield from _in(resource.address, at(container, name), resource.origin)


def _in(place: str, value: Value | None, origin: Origin) -> Iterator[Command]:
    """The calls in a text, or in a list of words or of texts."""
    if value is None:
        return
    parts = listed(value) or (value,)
    if not any(map(_may_call, parts)):
        return
    lines = [line for part in parts for line in (part.lines() if _is_text(part) else ())]
    texts = list(_whole_lines((line.text, line.origin or origin) for line in lines))
    if texts and texts[0][0].rpartition("/")[2] in ("kubectl", "helm"):
        texts = [(" ".join(text for text, _ in texts), origin)]
    chosen: dict[str, Fact | None] = {}
    straight = not any(_TURNS.search(text) for text, _ in texts)
    for text, place_of_it in texts:
        for piece in re.split(r"&&|\|\||[;|&]", text):
            match, given = _CALL.search(piece), _KUBECONFIG.search(piece)
            config = {} if given is None else {"--kubeconfig": _fact("--kubeconfig", given[1]) if straight else None}
            if match is None:
                chosen |= config
                continue
            words = match[2].split()
            if words[:2] == ["config", "use-context"]:
                chosen["--context"] = _fact("--context", "".join(words[2:3])) if straight else None
            yield _command(place, match[1], words, place_of_it, chosen | config)


def _fact(option: str, value: str) -> Fact | None:
    """What an option says of the cluster; None where that is not known."""
    value = value.strip("\"'")
    if not value or HOLE in value or "$" in value:
        return None
    if option == "--kubeconfig":
        return next(kubeconfig(value), None)
    return _CLUSTERS[option], value


def _whole_lines(lines: Iterable[tuple[str, Origin]]) -> Iterator[tuple[str, Origin]]:
    """The lines of a script that are no comment; one that ends in a backslash goes on in the next."""
    begun: tuple[str, Origin] | None = None
    for text, origin in lines:
        text, origin = (f"{begun[0]} {text}", begun[1]) if begun else (text, origin)
        goes_on = len(text) - len(text.rstrip("\\")) & 1
        begun = (text[:-1], origin) if goes_on else None
        if not goes_on and not text.lstrip().startswith("#"):
            yield text, origin
    if begun is not None:
        yield begun


def _may_call(value: Value) -> bool:
    """Whether one of the programs may be named in a text at all."""
    return value.is_unknown or (isinstance(value.raw, str) and ("kubectl" in value.raw or "helm" in value.raw))


def _is_text(value: Value) -> bool:
    return isinstance(value.raw, str) or value.is_unknown


def _command(
    place: str, program: str, words: list[str], origin: Origin | None, chosen: Mapping[str, Fact | None]
) -> Command:  # fmt: skip
    """``chosen`` is what commands before it say of the cluster, by the option that would say it."""
    namespace, rest, said = None, [], dict(chosen)
    words = [word.strip("\"'()`") for word in words if word != "\\"]
    while words:
        word, _, value = words.pop(0).partition("=") if words[0].startswith("--") else (words.pop(0), "", "")
        if word in ("-n", "--namespace") or word in _WITH_VALUE:
            value = value or (words.pop(0) if words else "")
        if word in ("-n", "--namespace"):
            namespace = value or None
        elif word in _CLUSTERS:
            said["--context" if word == "--kube-context" else word] = _fact(word, value)
        elif not word.startswith("-"):
            rest.append(word)
    return Command(
        place,
        program,
        rest[0] if rest else "",
        namespace,
        tuple(rest[1:]),
        origin,
        frozenset(filter(None, said.values())),
    )
