"""The command line of the gate, and what it comes to."""

from __future__ import annotations

import ipaddress
import os
import re
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from gate.lifetime import iso_date
from gate.verdict import Verdict

#: pytest's own options that leave some of the scenarios out.
_NARROWING = ("keyword", "markexpr", "lf", "stepwise", "deselect", "ignore", "ignore_glob")

#: Which failures close the gate.
BLOCKS = ("all", "new")
#: Whose waivers count.
WAIVERS_FROM = ("change", "base")

_SERVER = re.compile(r"(\[(?P<v6>.+)\]|(?P<v4>[^:]+))(:(?P<port>[0-9]{1,5}))?")

_URL = re.compile(r"https?://[A-Za-z0-9.\[\]:-]+(/[A-Za-z0-9._~%!$&*+,;=:@/-]*)?")

_SETTINGS = pytest.StashKey["Settings"]()


@dataclass(frozen=True, slots=True)
class Settings:
    """What is judged, and how.  Paths are absolute; ``dns`` is a mode as ``readers.dns.open_dns`` takes it."""

    suite: Path
    infra: Path
    dns: str
    as_of: date
    report_dir: Path | None
    require_proof: bool
    #: The file of waivers that was asked for; None for the infra repo's own, if it has one.
    waivers: Path | None = None
    #: Whose waivers count: those of the ``change``, or only those that stand at the ``base`` too.
    waivers_from: str = "change"
    #: The revision of the infra repo to compare with, as it was asked for.
    base: str | None = None
    #: Which failures close the gate: ``all`` of them, or ``new`` ones only.
    block: str = "all"
    #: What a path of the infra repo, and ``#L`` and a line, are put behind to make a link.
    link: str | None = None
    #: Whether to show where in the suite an error came through.
    trace: bool = False

    def closes(self, verdict: Verdict) -> bool:
        """Whether one of these closes the gate: by itself, or because proof is required."""
        return verdict.closes or (self.require_proof and verdict is Verdict.NOT_PROVEN)

    def shown(self, path: Path) -> str:
        """A path as reports show it: relative to the suite where it lies there."""
        return path.relative_to(self.suite).as_posix() if path.is_relative_to(self.suite) else path.as_posix()

    @property
    def dns_shown(self) -> str:
        kind, colon, place = self.dns.partition(":")
        return kind + colon + (self.shown(Path(place)) if kind == "zones" else place)


def add_options(parser: pytest.Parser) -> None:
    group = parser.getgroup("gate", "the gate: an infra repo judged against its features")
    group.addoption("--infra", metavar="PATH", help="the infra repo to judge (default: $INFRA_ROOT or fixtures/infra)")
    group.addoption(
        "--dns",
        metavar="MODE",
        help="whom to ask what is published: zones:DIR, system, server:IP[:PORT], authoritative or off"
        " (default: a bundled fixture's own zones, else system)",
    )
    group.addoption("--as-of", metavar="DATE", help="judge by the requirements in force on this day (default: today)")
    group.addoption(
        "--waivers", metavar="FILE", help="what to live with, and until when (default: .policy-waivers.yml of the repo)"
    )
    group.addoption(
        "--waivers-from", choices=WAIVERS_FROM, default="change",
        help="whose waivers count: those of the change (the default), or only those that stand at --base, too",
    )
    group.addoption("--base", metavar="REV", help="the revision of the infra repo to compare with")
    group.addoption(
        "--block", choices=BLOCKS, default="all",
        help="which failures close the gate: all (the default), or new ones only, which were none at --base",
    )
    group.addoption(
        "--report-dir",
        metavar="DIR",
        help="write report.json, junit.xml, results.sarif, summary.md and spec.html there",
    )
    group.addoption("--link", metavar="URL", help="where the infra repo's files can be read: reports link URL/PATH#LN")
    group.addoption(
        "--require-proof", action="store_true", help="close the gate where a program that would prove it is missing"
    )


def settings(config: pytest.Config) -> Settings:
    """The settings of this run.  pytest.UsageError where an option makes no sense."""
    if _SETTINGS not in config.stash:
        suite = config.rootpath
        infra = _infra(config, suite)
        report_dir = config.getoption("report_dir")
        config.stash[_SETTINGS] = Settings(
            suite=suite,
            infra=infra,
            dns=_dns(config.getoption("dns"), suite, infra),
            as_of=_as_of(config.getoption("as_of")),
            report_dir=None if report_dir is None else _absolute(Path(report_dir)),
            require_proof=config.getoption("require_proof"),
            waivers=_waivers(config.getoption("waivers")),
            waivers_from=_waivers_from(config.getoption("waivers_from"), config.getoption("base")),
            base=_base(config.getoption("base"), config.getoption("block")),
            block=config.getoption("block"),
            trace=config.getoption("tbstyle") not in ("auto", "line", "no"),
            link=_link(config.getoption("link")),
        )
    return config.stash[_SETTINGS]


def _infra(config: pytest.Config, suite: Path) -> Path:
    option, variable = config.getoption("infra"), os.environ.get("INFRA_ROOT")
    if option is None and variable == "":
        raise pytest.UsageError("INFRA_ROOT is set, and empty: name the infra repo, or unset it to judge the example")
    source = "--infra" if option is not None else "INFRA_ROOT" if variable else "--infra by default"
    path = option if option is not None else variable or str(suite / "fixtures" / "infra")
    if not os.path.isdir(path):
        raise pytest.UsageError(f"{source}: {path!r} is not a folder")
    return _absolute(Path(path))


def _absolute(path: Path) -> Path:
    """Absolute and without ``..``, as pytest's own paths are; symbolic links stay."""
    return Path(os.path.abspath(path))


def _dns(mode: str | None, suite: Path, infra: Path) -> str:
    if mode is None:
        fixtures = suite / "fixtures"
        zones = fixtures / "zones" / infra.name
        return f"zones:{zones}" if infra.parent == fixtures and zones.is_dir() else "system"
    kind, _, place = mode.partition(":")
    if kind == "zones" and place:
        if not Path(place).is_dir():
            raise pytest.UsageError(f"--dns: {place!r} is not a folder of zone files")
        return f"zones:{_absolute(Path(place))}"
    if mode in ("system", "authoritative", "off") or (kind == "server" and _is_server(place)):
        return mode
    raise pytest.UsageError(
        f"--dns: {mode!r} is none of zones:DIR, system, server:IP[:PORT], authoritative (ask the zone's own"
        " name servers) and off"
    )


def _waivers(file: str | None) -> Path | None:
    if file is not None and not os.path.isfile(file):
        raise pytest.UsageError(f"--waivers: {file!r} is not a file")
    return None if file is None else _absolute(Path(file))


def _waivers_from(whose: str, base: str | None) -> str:
    if base is None and whose != "change":
        raise pytest.UsageError(f"--waivers-from {whose}: which waivers stand there shows only with a --base")
    return whose


def _base(revision: str | None, block: str) -> str | None:
    if revision is None and block != "all":
        raise pytest.UsageError(f"--block {block}: what is new shows only against a --base")
    if revision is not None and (not revision.strip() or revision.startswith("-")):
        raise pytest.UsageError(f"--base: {revision!r} is not a revision")
    return revision


def _is_server(place: str) -> bool:
    """Whether this is ``IP`` or ``IP:PORT``; an IPv6 address with a port stands in brackets."""
    match = _SERVER.fullmatch(place)
    try:
        ipaddress.ip_address(match["v6"] or match["v4"] if match else place)
    except ValueError:
        return False
    return match is None or 0 < int(match["port"] or "53") < 65536


def _link(url: str | None) -> str | None:
    """What paths are put behind.  No report may be led astray by it: no other scheme, nothing that ends a link."""
    if url is None:
        return None
    if not _URL.fullmatch(url):
        raise pytest.UsageError(f"--link: {url!r} is not the beginning of a web address (https://...)")
    return url if url.endswith("/") else f"{url}/"


def _as_of(text: str | None) -> date:
    try:
        return datetime.now(UTC).date() if text is None else iso_date(text)
    except ValueError as error:
        raise pytest.UsageError(f"--as-of: {error}") from None


@dataclass(frozen=True, slots=True)
class Extent:
    """What a run was asked for.  ``places`` are where the features live (the ini's ``testpaths``).

    ``judges``: features are among it; ``alone``: nothing else is; ``selected``: not all of them are.
    """

    places: tuple[Path, ...]
    judges: bool
    alone: bool
    selected: bool


def extent(config: pytest.Config) -> Extent:
    """What this run was asked for, as far as its arguments say."""
    places = tuple(config.rootpath / place for place in config.getini("testpaths"))
    asked = [_absolute(config.invocation_params.dir / argument.partition("::")[0]) for argument in config.args]
    inside = [any(path.is_relative_to(place) for place in places) or path.suffix == ".feature" for path in asked]
    around = [any(place.is_relative_to(path) for place in places) for path in asked]
    narrowed = any(config.getoption(name, None) for name in _NARROWING)
    return Extent(
        places=places,
        judges=any(inside) or any(around),
        alone=all(inside),
        selected=narrowed or not all(around),
    )


def refuse_features_elsewhere(config: pytest.Config) -> None:
    """pytest.UsageError for a folder asked for that holds features of which none would be judged."""
    places = extent(config).places
    for argument in config.args:
        folder = _absolute(config.invocation_params.dir / argument.partition("::")[0])
        known = any(folder.is_relative_to(place) or place.is_relative_to(folder) for place in places)
        if known or not folder.is_dir() or next(folder.rglob("test_*.py"), None):
            continue
        if feature := next(folder.rglob("*.feature"), None):
            raise pytest.UsageError(
                f"{argument}: no feature of this folder would be judged: put it below"
                f" {' or '.join(config.getini('testpaths'))}/, or name each file"
                f" ({os.path.relpath(feature, config.invocation_params.dir)})"
            )


def selection(config: pytest.Config) -> list[str]:
    """What of the features this run was asked for, as arguments for another; what only this run's cache knows
    (``--lf``) left out."""
    places = extent(config).places
    chosen = []
    for argument in config.args:
        path, colons, rest = argument.partition("::")
        place = _absolute(config.invocation_params.dir / path)
        if place.suffix == ".feature" or any(place.is_relative_to(other) for other in places):
            chosen.append(f"{place}{colons}{rest}")
        else:
            chosen += [str(other) for other in places if other.is_relative_to(place)]
    for option, name in (("-k", "keyword"), ("-m", "markexpr")):
        if value := config.getoption(name):
            chosen += [option, value]
    for option in ("deselect", "ignore", "ignore_glob"):
        chosen += [f"--{option.replace('_', '-')}={value}" for value in config.getoption(option) or ()]
    return chosen
