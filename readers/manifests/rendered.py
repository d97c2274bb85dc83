"""The objects of Helm releases whose chart lies in the repo, as helm renders them.

What helm renders otherwise for another cluster, or each time, is unknown; so is all where values are.  Source:
https://helm.sh/docs/topics/charts/
"""

from __future__ import annotations

import io
import posixpath
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from msgspec import Struct

from readers import Malformed, NotProven
from readers.account import as_text, survey
from readers.helm.releases import WAYS
from readers.helm.template import Document, asking, command, render_chart
from readers.helm.values import given_values
from readers.kubernetes.manifests import MANIFEST, at, made_by
from readers.manifests.documents import objects_of, read_text
from readers.manifests.files import Files
from readers.manifests.objects import blurred, identity, in_namespace, masked, said
from readers.sandbox.rendering import render
from tfparse.cty.values import SECRET, Part, Unknown, Value, object_, string, text, tuple_, unknown
from tfparse.diagnostics import Origin, TerraformError, UnknownValueError
from tfparse.documents import decode_yaml
from tfparse.graph.model import Body, Resource
from tfparse.graph.root import Brought, Root
from tfparse.patterns import pattern
from tfparse.source.places import OutsideRoot

_CHART = "Chart.yaml"
_MOST_UNPACKED = 16 * 2**20
_OTHERWISE = "helm renders it otherwise each time, on an upgrade, or for another cluster"


def rendered_charts(root: Root) -> Brought:
    """What the Helm releases of a root module bring whose charts lie in the repo."""
    return of_releases(root.resources("helm_release".__eq__), Files(root.tree), root.directory)


def of_releases(releases: Sequence[Resource], files: Files, base: str) -> Brought:
    """Likewise of some releases, whose charts are found from a folder."""
    found = Brought([], [])
    for release in releases:
        try:
            chart = _folder(release, files, base)
            if chart is not None:
                _add(found, release, files, chart)
        except UnknownValueError as error:
            found.doubts.append(Unknown(f"what {release.address} makes: {error.reason}", error.origin))
        except NotProven as error:
            how = command(*_names(release))
            found.doubts.append(Unknown(f"not proven what {release.address} makes: {error} ({how})", release.origin))
        except (Malformed, TerraformError, OSError, OutsideRoot) as error:
            found.doubts.append(Unknown(f"what {release.address} makes cannot be known: {error}", release.origin))
    return found


def _folder(release: Resource, files: Files, base: str) -> str | None:
    """The folder of a release's chart; None where that is not of this repo."""
    chart, repository = release.body.attribute("chart"), release.body.attribute("repository")
    if chart is None or chart.unknown is not None or (repository is not None and repository.raw != ""):
        return None
    name = as_text(chart, "chart").as_string()
    path = files.tree.locate(base, name) if not name.startswith("/") else name
    if posixpath.join(path, _CHART) in files.files:
        return path
    if name.startswith("."):
        raise Malformed("chart", f"there is no chart {path} in the repo", chart.origin)
    return None


def _names(release: Resource) -> tuple[str, str]:
    """Its name and its namespace.  UnknownValueError where one is not known."""
    held = (release.body.attribute("name"), release.body.attribute("namespace"))
    name, namespace = (default if value is None else as_text(value, "name").as_string()
                       for value, default in zip(held, ("", "default"), strict=True))  # fmt: skip
    return name, namespace


class _Chart(Struct, frozen=True):
    """A chart in the repo: its files as texts, and those that stand in it as they are, by their path from it."""

    folder: str
    texts: Mapping[str, str]
    files: Files


def _add(found: Brought, release: Resource, files: Files, folder: str) -> None:
    """Add what a release makes.  Raises whatever keeps it from being known."""
    name, namespace = _names(release)
    values, chart = given_values(release), _read(files, folder)
    if (why := values.first_unknown()) is not None:
        raise UnknownValueError(f"a value that it is given is not known: {why.reason}", why.origin)
    if values.all_marks() & SECRET:
        raise UnknownValueError("a value that it is given is secret, and not shown to helm", values.origin)
    given = render(values, lambda path: "").text or "{}\n"
    asks = asking(chart.texts, given)
    made = _merged([_objects(chart, one, values) for one in render_chart(chart.texts, given, name, namespace)])
    reasons = [Unknown(doubt.text, doubt.origin) for doubt in survey(WAYS, (release, ())).doubts]
    whole = [why for why in reasons if not why.reason.endswith("what it makes of the values is its own")][:1]
    asked = {source: Unknown(f"{source} of the chart {folder} asks more than the repo says ({word})", release.origin)
             for source, word in asks.items()}  # fmt: skip
    for source, held, there in [*made, *_definitions(release, chart)]:
        for why in (*whole, *([asked[source]] if source in asked else ())):
            held = blurred(held, why)
        found.resources.append(_resource(in_namespace(held, namespace), release, there))
    found.doubts.extend((*whole, *asked.values()))


def _resource(held: Value, release: Resource, there: Unknown | None) -> Resource:
    kind, _, name = identity(held)
    origin, body = held.origin or release.origin, Body({"manifest": masked(held)}, (), held.origin or release.origin)
    made = Resource(f"{kind} {name} of {release.address}", "managed", MANIFEST, name, None, body, origin,
                    repetition=release.repetition or there, provider=release.provider)  # fmt: skip
    return made_by(made, command(*_names(release)))


def _definitions(release: Resource, chart: _Chart) -> Iterator[tuple[str, Value, Unknown | None]]:
    """What stands in the folder ``crds`` of the chart and of those that it brings, which is no template."""
    skipped = release.body.attribute("skip_crds")
    if skipped is not None and skipped.raw is True:
        return
    for path, content in chart.texts.items():
        if re.search(r"(?:^|/)crds/[^/]+\.ya?ml$", path):
            place = Origin(chart.files.shown(posixpath.join(chart.folder, path)), 1)
            for document in read_text(string(content, place, verbatim=True), place.file).maps:
                yield from ((path, one, None) for one in objects_of(document))


# -- the files of a chart -----------------------------------------------------------------------------


def _read(files: Files, folder: str) -> _Chart:
    """The files of a chart; of what it has packed, those that are in there."""
    texts: dict[str, str] = {}
    binary: list[str] = []
    for path in sorted(file for file in files.files if file.startswith(f"{folder}/") or not folder):
        inner = path[len(folder) + 1 :] if folder else path
        data = files.tree.read_bytes(path)
        if re.fullmatch(r"(?:.*/)?charts/[^/]+\.tgz", inner):
            texts |= _unpacked(data, posixpath.dirname(inner), path)
            continue
        try:
            texts[inner] = data.decode()
        except UnicodeDecodeError:
            binary.append(path)
    if binary and any(".Files" in held for held in texts.values()):
        raise Malformed("chart", f"{binary[0]} is no text, and the chart's templates read files", None)
    return _Chart(folder, texts, files)


def _unpacked(data: bytes, into: str, path: str) -> dict[str, str]:
    """The files of a packed chart."""
    import tarfile  # most charts are not packed

    found: dict[str, str] = {}
    left = _MOST_UNPACKED
    try:
        with tarfile.open(fileobj=io.BytesIO(data), mode="r|gz") as packed:
            for member in packed:
                left -= member.size + 512
                if left < 0:
                    raise Malformed("chart", f"{path} is too large when it is unpacked")
                held = packed.extractfile(member) if member.isreg() else None
                if held is not None and ".." not in member.name.split("/"):
                    found[posixpath.normpath(f"{into}/{member.name}")] = held.read().decode()
    except (tarfile.TarError, OSError, EOFError, UnicodeDecodeError) as error:
        raise Malformed("chart", f"{path} cannot be unpacked: {error}") from None
    return found


# -- documents as objects, with the places that decide them ------------------------------------------

_KEY = pattern(r"\s*(?:- )*(?P<key>[\w./\"'-]+:)(?:\s|$)")
_FROM_VALUES = pattern(r"\.Values((?:\.\w+)+)")
_Made = list[tuple[str, Value, Unknown | None]]


def _objects(chart: _Chart, documents: Sequence[Document], values: Value) -> _Made:
    """The objects of one rendering, each with the template that made it."""
    found: _Made = []
    own = _own_values(chart)
    for document in documents:
        read = read_text(_placed(document, chart, (values, own)), chart.files.shown(chart.folder))
        if read.doubts:
            raise UnknownValueError(read.doubts[0].reason, read.doubts[0].origin)
        found += [(document.source, one, None) for held in read.maps for one in objects_of(held)]
    return found


def _own_values(chart: _Chart) -> Value:
    place = Origin(chart.files.shown(posixpath.join(chart.folder, "values.yaml")), 1)
    try:
        return decode_yaml(string(chart.texts.get("values.yaml", "{}"), place, verbatim=True), octal=True)
    except TerraformError:
        return object_({})


def _placed(document: Document, chart: _Chart, values: tuple[Value, ...]) -> Value:
    """A document, each line of it with the place that decides it: a value's where its template's line has just one."""
    source = chart.texts.get(document.source, "").splitlines()
    file, at_line, parts = chart.files.shown(posixpath.join(chart.folder, document.source)), 0, []
    is_brought = "/" in document.source.partition("templates/")[0].rstrip("/")  # by a chart within the chart
    for line in document.text.splitlines(keepends=True):
        at_line = _line_of(line, source, at_line)
        place = Origin(file, at_line + 1)
        named = _FROM_VALUES.findall(source[at_line]) if at_line < len(source) and not is_brought else []
        given = [at(held, *named[0].strip(".").split(".")) for held in values] if len(named) == 1 else []
        decided = next((held.origin for held in given if held is not None and held.origin is not None), place)
        parts.append(Part(line, decided, True))
    return text(tuple(parts), Origin(file, 1))


def _line_of(line: str, source: Sequence[str], at_line: int) -> int:
    """The line of a template that most likely makes this one: the next with its key, else the first, else the last."""
    key = _KEY.match(line)
    if key is None:
        return at_line
    numbers = (*range(at_line, len(source)), *range(min(at_line, len(source))))
    return next((n for n in numbers if (other := _KEY.match(source[n])) and other["key"] == key["key"]), at_line)


# -- several renderings as one ------------------------------------------------------------------------


def _merged(renderings: Sequence[_Made]) -> _Made:
    """What all renderings have in common; what differs is unknown, and what only some have may not be there."""
    made = renderings[0]
    for other in renderings[1:]:
        made = [pair for source in dict.fromkeys(s for s, _, _ in (*made, *other))
                for pair in _paired([one for one in made if one[0] == source],
                                    [one for one in other if one[0] == source])]  # fmt: skip
    return made


def _paired(ours: _Made, theirs: _Made) -> Iterator[tuple[str, Value, Unknown | None]]:
    if [said(held, "kind") for _, held, _ in ours] == [said(held, "kind") for _, held, _ in theirs]:
        for (source, one, there), (_, other, _) in zip(ours, theirs, strict=True):
            yield source, _common(one, other), there
        return
    left, right = _by_name(ours), _by_name(theirs)
    for name in dict.fromkeys((*left, *right)):
        if name in left and name in right:
            (source, one, there), (_, other, _) = left[name], right[name]
            yield source, _common(one, other), there
        else:
            source, held, _ = {**right, **left}[name]
            yield source, held, Unknown(f"whether there is one: {_OTHERWISE}", held.origin)


def _by_name(made: _Made) -> dict[tuple[str, str, str, int], tuple[str, Value, Unknown | None]]:
    """The objects by what they are called; one of the same name again has another number."""
    found: dict[tuple[str, str, str, int], tuple[str, Value, Unknown | None]] = {}
    seen: Counter[tuple[str, str, str]] = Counter()
    for one in made:
        kind, namespace, name = names = identity(one[1])
        found[kind, namespace, name, seen[names]] = one
        seen[names] += 1
    return found


def _common(one: Value, other: Value) -> Value:
    """What two renderings of a value have in common."""
    if isinstance(one.raw, dict) and isinstance(other.raw, dict):
        keys = dict.fromkeys((*one.raw, *other.raw))
        differing = unknown(_OTHERWISE, one.origin)
        held = {
            key: _common(left, right) if (left := one.raw.get(key)) is not None
            and (right := other.raw.get(key)) is not None else differing
            for key in keys
        }  # fmt: skip
        return object_(held, one.origin, one.rest)
    if isinstance(one.raw, tuple) and isinstance(other.raw, tuple) and len(one.raw) == len(other.raw):
        return tuple_(tuple(_common(left, right) for left, right in zip(one.raw, other.raw, strict=True)), one.origin)
    if one.is_unknown or (one.raw == other.raw and type(one.raw) is type(other.raw)):
        return one
    return unknown(_OTHERWISE, one.origin)
