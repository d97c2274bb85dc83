"""Helm releases: found by name and namespace, with the values that they give and what else could decide them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from msgspec import Struct

from readers import Malformed, Missing, nearest
from readers.account import (
    Account,
    Certainty,
    Remark,
    Way,
    Weight,
    as_text,
    every,
    present,
    same,
    survey,
    told_apart,
    undetermined,
)
from readers.helm.values import given_values, helm_values
from tfparse import Origin, Resource, Value
from tfparse.cty.values import Unknown, string
from tfparse.graph.root import Root

_PROVIDER = "https://registry.terraform.io/providers/hashicorp/helm/latest/docs/resources/release"

#: Arguments of a ``helm_release`` that change nothing of what its chart makes of the values, or are read elsewhere:
#: how Helm goes about its work, where it gets the chart from, what it remembers.
HARMLESS = frozenset({
    "atomic", "cleanup_on_fail", "create_namespace", "dependency_update", "description", "disable_crd_hooks",
    "disable_openapi_validation", "disable_webhooks", "force_update", "id", "keyring", "lint", "max_history",
    "pass_credentials", "recreate_pods", "render_subchart_notes", "replace", "repository_ca_file",
    "repository_cert_file", "repository_key_file", "repository_password", "repository_username", "reset_values",
    "set_wo_revision", "skip_crds", "take_ownership", "timeout", "timeouts", "upgrade_install", "values_wo_revision",
    "verify", "version", "wait", "wait_for_jobs",
})  # fmt: skip
#: Arguments that are read as what they are.
READ = frozenset({
    "chart", "name", "namespace", "repository", "reuse_values", "set", "set_list", "set_sensitive", "set_wo", "values",
    "values_wo", "postrender", "devel",
})  # fmt: skip

#: Charts whose values the suite knows how to read, with the repositories of those who make them.
MAKERS = {
    "alertmanager": ("https://prometheus-community.github.io/helm-charts", "oci://ghcr.io/prometheus-community/charts"),
    "crowdsec": ("https://crowdsecurity.github.io/helm-charts",),
    "kube-prometheus-stack": (
        "https://prometheus-community.github.io/helm-charts", "oci://ghcr.io/prometheus-community/charts",
    ),
    "prometheus": ("https://prometheus-community.github.io/helm-charts", "oci://ghcr.io/prometheus-community/charts"),
}  # fmt: skip


class Release(Struct, frozen=True):
    """A Helm release: its resource, the values that it gives its chart, and what else could decide them."""

    resource: Resource
    values: Value
    account: Account

    @property
    def namespace(self) -> str | None:
        """The namespace that it is installed in; None where that cannot be known."""
        found = _namespace(self.resource)
        return None if found.is_unknown else found.as_string()

    @property
    def given(self) -> Value:
        """The values with the nulls that take a key of the chart away."""
        return given_values(self.resource)


def find_release(resources: Iterable[Resource], name: str, namespace: str | None, where: str) -> Release:
    """The release of that name, in a namespace or in any.

    Raises:
        Missing: none is called so; the message names the nearest.
        Malformed: several are, in different namespaces or by two resources.
        UnknownValueError: one may be called so, or there may be none of it.
    """
    releases, called = list(resources), f"Helm release {name}"
    found, doubtful = told_apart((release, _is_called(release, name, namespace)) for release in releases)
    if len(found) > 1:
        places = " and ".join(f"{release.address} in namespace {_namespace(release).raw}" for release in found)
        problem = f"{places} are both called so; say which by its namespace"
        raise Malformed(called, problem, found[1].origin)
    if not found and doubtful:
        release, why = doubtful[0]
        raise undetermined(f"{release.address} may be the release {name}", why, release.origin)
    if not found:
        names = [value.raw for r in releases if isinstance((value := _name(r)).raw, str)]
        raise Missing(called, f"{where}{nearest(name, names)}")
    release = found[0]
    return Release(release, helm_values(release), survey(WAYS, (release, tuple(r for r, _ in doubtful))))


def namesakes(root: Root, name: str, namespace: str | None) -> list[Remark]:
    """The releases of another root that go by the same name, in a namespace or in any: of two, the last to be applied
    holds.  One whose name cannot be known says nothing of this one in particular.
    """
    return [
        Remark(f"{release.address} of {root.path or 'the root module'} is a release of the same name", release.origin)
        for release in root.resources("helm_release".__eq__)
        if _name(release).raw == name and _is_called(release, name, namespace) is not False
    ]


def _is_called(release: Resource, name: str, namespace: str | None) -> Certainty:
    in_it: Certainty = True if namespace is None else same(_namespace(release), namespace)
    return every(same(_name(release), name), in_it, present(release.repetition))


def _name(release: Resource) -> Value:
    return _text(release, "name", "")


def _namespace(release: Resource) -> Value:
    return _text(release, "namespace", "default")


def _text(release: Resource, argument: str, default: str) -> Value:
    value = release.body.attribute(argument)
    return string(default, release.origin) if value is None else as_text(value, argument)


# -- ways ---------------------------------------------------------------------------------------------

Question = tuple[Resource, tuple[Resource, ...]]
"""The release that was found, and those that may be of its name too."""


def _namesakes(question: Question) -> Iterator[Remark]:
    for other in question[1]:
        yield Remark(f"{other.address} may be a release of the same name", other.origin)


def _post_renderer(question: Question) -> Iterator[Remark]:
    release, _ = question
    for origin in _places(release, "postrender"):
        yield Remark("postrender rewrites what the chart makes", origin)


def _other_arguments(question: Question) -> Iterator[Remark]:
    release, _ = question
    names = [*release.body.attribute_names(), *dict.fromkeys(block.type for block in release.body.blocks())]
    for name in names:
        if name not in HARMLESS | READ:
            for origin in _places(release, name):
                yield Remark(f"what {name} of a helm_release does is not known here", origin)


def _chart(question: Question) -> Iterator[Remark]:
    release, _ = question
    chart, repository = _text(release, "chart", ""), _text(release, "repository", "")
    if isinstance(chart.raw, Unknown):
        yield Remark(f"which chart it is cannot be known: {chart.raw.reason}", chart.origin)
        return
    name = chart.as_string()
    if name.startswith((".", "/")):
        yield Remark(f"the chart is {name}, and what it makes of the values is its own", chart.origin)
    elif "://" in name or not isinstance(repository.raw, Unknown):
        whole = name if "://" in name else f"{repository.as_string().rstrip('/')}/{name}"
        where, _, short = whole.rpartition("/")
        if short in MAKERS and where not in MAKERS[short]:
            text = f"the chart comes from {where or 'no repository'}, not from its makers"
            yield Remark(text, repository.origin or chart.origin, Weight.NOTE)
    else:
        yield Remark(
            f"where the chart comes from cannot be known: {repository.raw.reason}", repository.origin, Weight.NOTE
        )


def _provider(question: Question) -> Iterator[Remark]:
    release, _ = question
    if release.provider not in ("", "helm"):
        yield Remark(f"it goes through the provider {release.provider}, perhaps to another cluster", release.origin)


def _places(release: Resource, name: str) -> Iterator[Origin]:
    value = release.body.attribute(name)
    if value is not None:
        yield value.origin or release.origin
    yield from (block.origin for block in release.body.blocks(name))


WAYS: tuple[Way[Question], ...] = (
    Way("Helm release", "other releases of its name", "https://helm.sh/docs/helm/helm_upgrade/", _namesakes),
    Way("Helm release", "a post-renderer", "https://helm.sh/docs/topics/advanced/#post-rendering", _post_renderer),
    Way("Helm release", "arguments that are not understood", _PROVIDER, _other_arguments),
    Way("Helm release", "the chart and its repository", _PROVIDER, _chart),
    Way("Helm release", "its provider configuration",
        "https://developer.hashicorp.com/terraform/language/meta-arguments/resource-provider", _provider),
    Way("Helm release", "values that a person gave with helm upgrade", "https://helm.sh/docs/helm/helm_upgrade/",
        None, "they are in the cluster only; Terraform takes them back at its next apply"),
)  # fmt: skip
"""Ways in which something other than ``values`` and the ``set`` arguments decides what a release is given."""
