"""Helm releases that controllers install, in the form of a ``helm_release``.

Sources: https://fluxcd.io/flux/components/helm/helmreleases/,
https://argo-cd.readthedocs.io/en/stable/user-guide/helm/ and https://docs.k3s.io/add-ons/helm
"""

from __future__ import annotations

import hashlib
import posixpath
from collections.abc import Iterator, Sequence

from readers.kubernetes.manifests import at, listed, mapped
from readers.manifests.files import Files
from readers.manifests.objects import identity, said
from tfparse.cty.values import Value, object_, string, tuple_, unknown
from tfparse.diagnostics import Origin
from tfparse.graph.model import Body, Resource
from tfparse.patterns import pattern
from tfparse.source.places import OutsideRoot

_FLUX = frozenset({
    "chart", "chartRef", "commonMetadata", "dependsOn", "driftDetection", "install", "interval", "maxHistory",
    "releaseName", "rollback", "serviceAccountName", "storageNamespace", "targetNamespace", "test", "timeout",
    "healthCheckExprs", "persistentClient", "uninstall", "upgrade", "values", "valuesFrom", "postRenderers",
    "waitStrategy",
})  # fmt: skip
"""What a HelmRelease may say that is read, or is only how Flux goes about it; the rest is not understood."""
_LONGEST = 53
_ARGO = frozenset({"parameters", "passCredentials", "releaseName", "skipCrds", "skipSchemaValidation", "skipTests",
                   "valueFiles", "values", "valuesObject", "version"})  # fmt: skip


def releases(objects: Sequence[Value], source: Files) -> Iterator[Resource]:
    """The releases among some objects."""
    for held in objects:
        group, kind = said(held, "apiVersion").partition("/")[0], said(held, "kind")
        if group == "helm.toolkit.fluxcd.io" and kind == "HelmRelease":
            yield _release(held, _of_flux(held, objects))
        elif group == "helm.cattle.io" and kind == "HelmChart":
            yield _release(held, _of_k3s(held, objects))
        elif group == "argoproj.io" and kind == "Application":
            for one in sources_of(held):
                if is_chart(one, source):
                    yield _release(held, _of_argo(held, one, source))


def sources_of(application: Value) -> Iterator[Value]:
    """The sources of an Application of Argo CD's."""
    single = at(application, "spec", "source")
    yield from () if single is None else (single,)
    yield from listed(at(application, "spec", "sources"))


def is_chart(source: Value, files: Files) -> bool:
    """Whether a source of an Application is a chart: it says so, or its folder has one."""
    folder = posixpath.normpath(said(source, "path") or ".")
    own = posixpath.join("" if folder == "." else folder, "Chart.yaml") in files.files
    return at(source, "chart") is not None or at(source, "helm") is not None or (own and bool(said(source, "path")))


def _release(held: Value, arguments: dict[str, Value | None]) -> Resource:
    kind, _, name = identity(held)
    origin = held.origin or Origin("", 1)
    body = Body({key: value for key, value in arguments.items() if value is not None}, (), origin)
    return Resource(f"{kind} {name} in {origin.file}", "managed", "helm_release", name, None, body, origin)


def _of_flux(held: Value, objects: Sequence[Value]) -> dict[str, Value | None]:
    spec, target = at(held, "spec"), at(held, "spec", "targetNamespace")
    name = said(held, "metadata", "name")
    called = _shortened(name if target is None else f"{target.raw}-{name}")
    own = at(held, "metadata", "namespace")
    chart, repository = _chart_of_flux(held, objects)
    values = [_values_from(entry, held, objects) for entry in listed(at(spec, "valuesFrom"))]
    inline = at(spec, "values")
    return {
        **{
            key: value
            for key, value in mapped(spec).items()
            if key not in _FLUX and (key, value.raw) != ("suspend", False)
        },
        "reuse_values": at(spec, "upgrade", "preserveValues"),
        "valuesFiles": at(spec, "chart", "spec", "valuesFiles"),
        "name": _first(at(spec, "releaseName"), string(called, held.origin)),
        "namespace": own if target is None else target,
        "chart": chart,
        "repository": repository,
        "postrender": at(spec, "postRenderers"),
        "values": tuple_((*values, *([] if inline is None else [inline])), held.origin),
    }


def _shortened(name: str) -> str:
    """A name of a release, of which helm takes 53 characters: a longer one Flux ends with a hash."""
    return name if len(name) <= _LONGEST else f"{name[:40]}-{hashlib.sha256(name.encode()).hexdigest()[:12]}"


def _first(*values: Value | None) -> Value | None:
    return next((value for value in values if value is not None), None)


def _chart_of_flux(held: Value, objects: Sequence[Value]) -> tuple[Value | None, Value | None]:
    """The chart of a HelmRelease, and the repository that its source has it from."""
    chart, reference = at(held, "spec", "chart", "spec", "chart"), at(held, "spec", "chart", "spec", "sourceRef")
    if chart is None:
        reference = at(held, "spec", "chartRef")
    kind, name = said(reference, "kind"), said(reference, "name")
    namespace = said(reference, "namespace") or said(held, "metadata", "namespace")
    url = next((at(one, "spec", "url") for one in objects if identity(one) == (kind, namespace, name)), None)
    if kind == "GitRepository" and chart is not None and isinstance(chart.raw, str):
        return string(f"./{posixpath.normpath(chart.raw)}", chart.origin), None
    if chart is None:
        return (url if url is not None else _unknown(f"the chart of {kind} {name} is not read", reference)), None
    return chart, url if url is not None else _unknown(f"{kind} {name} is not among what is read", reference)


def _unknown(why: str, place: Value | None) -> Value:
    return unknown(why, None if place is None else place.origin)


def _values_from(entry: Value, held: Value, objects: Sequence[Value]) -> Value:
    kind, name = said(entry, "kind"), said(entry, "name")
    wanted = (kind, said(held, "metadata", "namespace"), name)
    data = next((at(one, "data") for one in objects if identity(one) == wanted), None)
    key = said(entry, "valuesKey") or "values.yaml"
    text = at(data, key) if kind == "ConfigMap" and at(entry, "targetPath") is None else None
    if text is None:
        return _unknown(f"its values from {kind} {name} are not read", entry)
    return text


_COMMA = pattern(r"\\*,")
_K3S = frozenset({
    "authPassCredentials", "authSecret", "backOffLimit", "bootstrap", "chart", "createNamespace",
    "dockerRegistrySecret", "failurePolicy", "helmVersion", "insecureSkipTLSVerify", "jobImage", "plainHTTP",
    "podSecurityContext", "repo", "repoCA", "repoCAConfigMap", "securityContext", "set", "takeOwnership",
    "targetNamespace", "timeout", "valuesContent", "version",
})  # fmt: skip


def _of_k3s(held: Value, objects: Sequence[Value]) -> dict[str, Value | None]:
    """A HelmChart, with what a HelmChartConfig of its name lays over its values."""
    _, namespace, name = identity(held)
    configs = [one for one in objects if identity(one) == ("HelmChartConfig", namespace, name)]
    specs = [spec for one in (held, *configs) if (spec := at(one, "spec")) is not None]
    spec, pairs = at(held, "spec"), mapped(at(held, "spec", "set"))
    texts = [text for one in specs if (text := at(one, "valuesContent")) is not None]
    return {
        **{key: value for one in specs for key, value in mapped(one).items() if key not in _K3S},
        "name": at(held, "metadata", "name"),
        "namespace": _first(at(spec, "targetNamespace"), at(held, "metadata", "namespace")),
        "chart": at(spec, "chart"),
        "repository": at(spec, "repo"),
        "values": tuple_(tuple(texts), texts[0].origin) if texts else None,
        "unmanaged": at(held, "metadata", "annotations", "helmcharts.helm.cattle.io/unmanaged"),
        "set": tuple_(tuple(_k3s_setting(string(k, v.origin), v) for k, v in pairs.items()), held.origin),
    }


def _k3s_setting(name: Value, value: Value) -> Value:
    """What k3s gives with ``--set`` if it is a number, true, false or null, else with ``--set-string``.

    Source: ``args`` in pkg/controllers/chart/chart.go of https://github.com/k3s-io/helm-controller
    """
    if not isinstance(value.raw, str) or value.raw.lower() in ("true", "false", "null"):
        return object_({"name": name, "value": value}, value.origin)
    escaped = _COMMA.sub(lambda found: found[0] if len(found[0]) % 2 == 0 else f"\\{found[0]}", value.raw)
    kept = {"name": name, "value": string(escaped, value.origin), "type": string("string", value.origin)}
    return object_(kept, value.origin)


def _of_argo(held: Value, one: Value, source: Files) -> dict[str, Value | None]:
    helm, path = at(one, "helm"), said(one, "path")
    chart = at(one, "chart")
    values = [_value_file(entry, path, held, source) for entry in listed(at(helm, "valueFiles"))]
    values += [value for key in ("values", "valuesObject") if (value := at(helm, key)) is not None]
    return {
        **{key: value for key, value in mapped(helm).items() if key not in _ARGO},
        "name": _first(at(helm, "releaseName"), at(held, "metadata", "name")),
        "namespace": at(held, "spec", "destination", "namespace"),
        "chart": chart if chart is not None else string(f"./{posixpath.normpath(path)}", one.origin),
        "repository": None if chart is None else at(one, "repoURL"),
        "values": tuple_(tuple(values), held.origin),
        "set": tuple_(tuple(_parameter(entry) for entry in listed(at(helm, "parameters"))), held.origin),
    }


def _value_file(entry: Value, folder: str, held: Value, source: Files) -> Value:
    """A file of values: of the chart's own folder, or (``$ref/...``) of another source, which may be this repo."""
    name = entry.raw if isinstance(entry.raw, str) else ""
    _, _, rest = name.partition("/")
    path = posixpath.normpath(rest if name.startswith("$") else posixpath.join(folder, name)).lstrip("/")
    if path not in source.files:
        return _unknown(f"the values of {name} are not in this repo", entry)
    try:
        return source.text(path)
    except (OSError, OutsideRoot, UnicodeDecodeError) as error:
        return _unknown(f"{path} cannot be read: {error}", entry)


def _parameter(entry: Value) -> Value:
    forced = at(entry, "forceString")
    kept = {key: value for key in ("name", "value") if (value := at(entry, key)) is not None}
    if forced is not None and forced.raw is True:
        kept["type"] = string("string", forced.origin)
    return object_(kept, entry.origin)
