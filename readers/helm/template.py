"""helm, of Helm: the objects that a chart makes of the values that it is given.

Whoever installs a release has a cluster, and may have had the release before: what comes out otherwise there is told
by rendering more than once.  Sources: https://helm.sh/docs/helm/helm_template/ and
https://helm.sh/docs/chart_template_guide/builtin_objects/
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from typing import NamedTuple

from readers import Malformed
from readers.sandbox.go import GO
from readers.sandbox.program import Program
from tfparse.patterns import pattern

HELM = Program("helm", "https://helm.sh/docs/intro/install/", is_input=True, environment=GO)

#: The minor versions of Kubernetes that a cluster may have.
MINORS = range(25, 37)
_NAME = pattern(r"[a-z0-9](?:[a-z0-9.-]{0,61}[a-z0-9])?", re.ASCII)
_INCOMPATIBLE = "which is incompatible with Kubernetes"
_MARKER = pattern(r"^---\n# Source: (?P<source>[^\n]+)\n", re.MULTILINE)
_MOST_VERSIONS = 6


class Document(NamedTuple):
    """What a template makes, one document: ``source`` is its file, from the folder of the chart."""

    source: str
    text: str


def command(name: str, namespace: str) -> str:
    """What a person says to see the same."""
    return f"helm template {name} CHART --namespace={namespace} --values=VALUES"


def render_chart(chart: Mapping[str, str], values: str, name: str, namespace: str) -> list[list[Document]]:
    """What helm makes of a chart's ``chart`` files, in some of the clusters that there may be: in each its documents.

    Raises:
        NotProven: helm is not installed, or cannot be kept from the machine's files.
        Malformed: helm refuses the chart, the values or the name, or does not come to an end.
    """
    for said in (name, namespace):
        if not _NAME.fullmatch(said):
            raise Malformed("helm template", f"{said!r} is no name of a release or namespace")
    plain = ["template", name, "chart", f"--namespace={namespace}", "--values=values.yaml", "--skip-tests"]
    asked = [([*plain, *more], _files(texts, values)) for more, texts in [((), chart), *_other_clusters(chart)]]
    opens = _opens(chart)
    for question in asked[1:]:
        HELM.start(*question, opens)
    answers = [HELM.run(*question, opens) for question in asked]
    if all(answer.status for answer in answers) or (answers[0].status and _INCOMPATIBLE not in answers[0].err):
        raise Malformed("helm template", _last(answers[0].err))
    return [list(_documents(answer.out)) for answer in answers if not answer.status]


def _files(chart: Mapping[str, str], values: str) -> dict[str, str]:
    return {f"chart/{path}": text for path, text in chart.items()} | {"values.yaml": values}


def _opens(chart: Mapping[str, str]) -> str | None:
    """What makes helm open another file: a template cannot, what it calls ``.Files`` are those of the chart."""
    return next((f"{path} may refer to other files" for path in chart if path.endswith("values.schema.json")), None)


def _other_clusters(chart: Mapping[str, str]) -> Iterator[tuple[Sequence[str], Mapping[str, str]]]:
    """Options by which helm takes another cluster for granted, and that the release has been installed before.

    One that serves all APIs that the templates ask about, and (since helm knows no such option, by templates that ask
    about another in their place) one that serves none of them.
    """
    actions = [found[0] for text in chart.values() for found in _ACTION.finditer(text)]
    apis = sorted({api for said in actions for _, api in _SERVES.findall(said)})
    told = {int(n) for said in actions if "emver" in said or "KubeVersion" in said for n in _MINOR.findall(said)}
    near = {minor for n in told for minor in (n - 1, n, n + 1) if minor in MINORS}
    without = {path: _SERVES.sub(r'\1"none/v0"', text) for path, text in chart.items()} if apis else chart
    for minor in list(dict.fromkeys([MINORS[2], MINORS[-1], *sorted(near)]))[:_MOST_VERSIONS]:
        options = ["--is-upgrade", f"--kube-version=1.{minor}.0"]
        all_of_them = minor == MINORS[-1]
        yield [*options, *(f"--api-versions={api}" for api in apis if all_of_them)], chart if all_of_them else without


_MINOR = pattern(r'(?:\b1\.|")([23][0-9])\b')
_SERVES = pattern(r'(APIVersions\.Has\s*\(?\s*)"([\w./-]+)"')


def _documents(said: str) -> Iterator[Document]:
    """Each document stands behind a line of helm's own that says which template made it."""
    found = list(_MARKER.finditer(said))
    for one, following in zip(found, [*found[1:], None], strict=True):
        text = said[one.end() : following.start() if following is not None else len(said)]
        if text.strip():
            yield Document(one["source"].partition("/")[2], text)


def _last(said: str) -> str:
    lines = [line.strip() for line in said.splitlines() if line.strip() and not line.startswith("Use --debug")]
    return lines[-1].removeprefix("Error: ") if lines else "it failed without a word"


# -- what no rendering shows ------------------------------------------------------------------------------------------

_ACTION = pattern(r"\{\{.*?\}\}", re.DOTALL)
_DEFINE = pattern(r"\{\{-?\s*(?:define|block)\s+[\"`]([^\"`]+)[\"`]")
_CALL = pattern(r"\b(?:include|template|block)\s+[\"`]([^\"`]+)[\"`]")
_COMPUTED = pattern(r"\binclude\s+[^\"`\s]")
_ASKS = pattern(r"(?<![\w.$\"/-])(lookup|now|ago|shuffle|randInt|getHostByName)\b|(\.Release\.Revision)\b"
                   r"|(APIVersions)(?!\.Has\s*\(?\s*\")")  # fmt: skip
_DIGEST = pattern(r"\|\s*(?:sha1sum|sha256sum|adler32sum)\s*(?:\|\s*quote\s*)?-?\}\}$")
"""An action that comes to the digest of something: whatever that is, it changes one annotation."""
_AGAIN = pattern(r"(?<![\w.$\"/-])tpl\b")
_HIDES = pattern(r"\b(?:b64dec|b32dec|decryptAES)\b|(?<![\w.$])tpl\b[^}]*\b(?:cat|join|nospace|print\w*|replace)\b")


def asking(chart: Mapping[str, str], values: str) -> dict[str, str]:
    """The templates of which no rendering shows all: each with what it asks of the cluster, or of the clock."""
    templates = {path: text for path, text in chart.items() if "/templates/" in f"/{path}"}
    others = [text for path, text in chart.items() if path not in templates]
    loose = next((word for text in (values, *others) if (word := _asked(text))), "")
    parts = [(name or path, text) for path, held in templates.items() for name, text in _parts(held)]
    found: dict[str, str] = {}
    while True:  # until what is reached through others is known, too
        more = {name: why for name, text in parts if (why := found.get(name) or _why(text, found, loose))}
        if more == found:
            return {path: why for path, why in found.items() if path in templates}
        found = more


def _asked(text: str) -> str:
    found = (match for action in _ACTION.finditer(text) for match in _ASKS.finditer(action[0]))
    return next((match[1] or match[2] or match[3] for match in found), "")


def _why(text: str, names: Mapping[str, str], loose: str) -> str:
    """What a text asks, itself or through what it includes; empty where that is nothing."""
    actions = "".join(action[0] for action in _ACTION.finditer(text) if not _DIGEST.search(action[0]))
    if own := _asked(actions):
        return own
    if _AGAIN.search(actions) and (loose or _HIDES.search(actions)):
        return loose or "tpl of a text that is made first"
    called = next((names[name] for name in _CALL.findall(actions) if name in names), "")
    return called or (next(iter(names.values()), "") if _COMPUTED.search(actions) else "")


def _parts(text: str) -> Sequence[tuple[str, str]]:
    """A file cut at what it defines: each part with its name; what is the file's own without one."""
    cuts = [("", 0), *((match[1], match.start()) for match in _DEFINE.finditer(text)), ("", len(text))]
    pieces = [(name, text[start:end]) for (name, start), (_, end) in pairwise(cuts)]
    return [*pieces, *(("", _behind(piece)) for name, piece in pieces if name)]


_BLOCK = pattern(r"\{\{-?\s*(if|with|range|define|block|end)\b")


def _behind(part: str) -> str:
    """What follows the end of a definition."""
    depth = 0
    for found in _BLOCK.finditer(part):
        depth += -1 if found[1] == "end" else 1
        if not depth:
            return part[found.end() :]
    return ""
