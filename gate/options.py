"""The command line of the gate, and what it comes to."""

from __future__ import annotations

import argparse
import ipaddress
import os
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from msgspec import Struct, field
from msgspec.structs import replace

from gate.answers import answers_in_force
from gate.git import GitError, Repository
from gate.home import NAME, Home, HomeError, parse_home, read_home
from gate.lifetime import iso_date
from gate.named_manifests import named_manifests, those_that_count
from gate.own_files import refusals
from gate.verdict import Verdict
from tfparse.patterns import pattern

#: Which failures close the gate.
BLOCKS = ("all", "new")
#: Whose waivers count.
WAIVERS_FROM = ("change", "base")
DESIGNS = ("told", "closes")

_SERVER = pattern(r"(\[(?P<v6>.+)\]|(?P<v4>[^:]+))(:(?P<port>[0-9]{1,5}))?")

#: What the beginning of a link may be.
URL = pattern(r"https?://[A-Za-z0-9.\[\]:-]+(/[A-Za-z0-9._~%!$&*+,;=:@/-]*)?")

_SETTINGS = pytest.StashKey["Settings"]()


class Settings(Struct, frozen=True):
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
    #: Whether to find out since when what is wrong is so.
    since: bool = False
    #: What a path of the infra repo, and ``#L`` and a line, are put behind to make a link.
    link: str | None = None
    #: Whether a design document that its promises do not hold is ``told``, or ``closes`` the gate.
    design: str = "told"
    #: Whether to show where in the suite an error came through.
    trace: bool = False
    #: The folder of the judged repo's own settings and features; that of ``infra`` where it has none.
    home: Path = Path()
    #: What the repo's settings say, and what they said at the base; None without such a file, or without a base.
    kept: Home | None = None
    kept_before: Home | None = None
    #: The variable files that are given to a root module on the command line, by its path.
    variable_files: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    #: Folders of manifests; and of modules from elsewhere the source, what it does not declare, and how that is told.
    manifests: tuple[str, ...] = ()
    answers: tuple[tuple[str, frozenset[str], str], ...] = ()

    def closes(self, verdict: Verdict) -> bool:
        """Whether one of these closes the gate: by itself, or because proof is required."""
        return verdict.closes or (self.require_proof and verdict is Verdict.NOT_PROVEN)

    def shown(self, path: Path) -> str:
        """A path as reports show it: relative to the suite where it lies there."""
        return path.relative_to(self.suite).as_posix() if path.is_relative_to(self.suite) else path.as_posix()

    def shown_feature(self, path: Path) -> str:
        """Likewise of a feature, which may be the judged repo's own: then relative to its settings."""
        if path.is_relative_to(self.home) and not path.is_relative_to(self.suite / "features"):
            return path.relative_to(self.home).as_posix()
        return self.shown(path)

    @property
    def dns_shown(self) -> str:
        kind, colon, place = self.dns.partition(":")
        return kind + colon + (self.shown(Path(place)) if kind == "zones" else place)


def add_options(parser: pytest.Parser) -> None:
    group = parser.getgroup("gate", "the gate: an infra repo judged against its features")
    # What a run at the base, or at one commit after another, is told by the one that it is for.
    for name in ("--features-home", "--base-promises", "--history-of"):
        group.addoption(name, help=argparse.SUPPRESS)
    _add_comparing(group)
    _add_judged(group)
    group.addoption(
        "--report-dir",
        metavar="DIR",
        help="write report.json, junit.xml, results.sarif, summary.md and spec.html there",
    )
    group.addoption(
        "--settings", metavar="FILE", help=f"the judged repo's own settings (default: {NAME} of the infra repo, if any)"
    )
    group.addoption(
        "--features", metavar="PATH", action="append", help="where the features stand (default: the suite's own)"
    )
    group.addoption(
        "--design",
        choices=DESIGNS,
        help="a design document and promises that differ are told (the default), or close the gate",
    )
    group.addoption("--link", metavar="URL", help="where the infra repo's files can be read: reports link URL/PATH#LN")
    group.addoption("--fresh", action="store_true", help="judge all anew, whatever earlier runs have found")
    group.addoption(
        "--require-proof", action="store_true", help="close the gate where a program that would prove it is missing"
    )


def _add_judged(group: pytest.OptionGroup) -> None:
    """What is judged, and by what."""
    group.addoption("--infra", metavar="PATH", help="the infra repo to judge (default: $INFRA_ROOT or fixtures/infra)")
    group.addoption(
        "--dns",
        metavar="MODE",
        help="whom to ask what is published: zones:DIR, system, server:IP[:PORT], authoritative or off"
        " (default: a bundled fixture's own zones, else system)",
    )
    group.addoption(
        "--manifests",
        metavar="DIR[:NAMESPACE]",
        action="append",
        help="judge the manifests in this folder or file too: YAML, or what helm template or kubectl kustomize gave;"
        " NAMESPACE is that of objects that name none (repeatable)",
    )
    group.addoption("--as-of", metavar="DATE", help="judge by the requirements in force on this day (default: today)")
    group.addoption(
        "--waivers", metavar="FILE", help="what to live with, and until when (default: .policy-waivers.yml of the repo)"
    )
    group.addoption(
        "--waivers-from",
        choices=WAIVERS_FROM,
        help="whose waivers count: those of the change (the default), or only those that stand at --base, too",
    )


def _add_comparing(group: pytest.OptionGroup) -> None:
    """What asks how things were before."""
    group.addoption("--base", metavar="REV", help="the revision of the infra repo to compare with")
    group.addoption(
        "--block",
        choices=BLOCKS,
        help="which failures close the gate: all (the default), or new ones only, which were none at --base",
    )
    group.addoption("--since", action="store_true", help="judge commits back, to say of each failure since when it is")


def settings(config: pytest.Config) -> Settings:
    """The settings of this run.  pytest.UsageError where an option makes no sense."""
    if _SETTINGS not in config.stash:
        config.stash[_SETTINGS] = settings_of(config.rootpath, config.getoption)
    return config.stash[_SETTINGS]


def judge_as_of(config: pytest.Config, day: date) -> None:
    """Judge by another day from now on."""
    config.stash[_SETTINGS] = replace(settings(config), as_of=day)


def settings_of(suite: Path, option: Callable[[str], Any]) -> Settings:
    """Those of some options.  pytest.UsageError likewise."""
    infra = _infra(option("infra"), suite)
    home, kept = _home(option("settings"), infra)
    base = _base(option("base"), option("block"))
    before = _home_before(home, base)
    if kept is None and before is not None:
        kept = Home()  # withdrawn by the change
    says = _judging(kept or Home(), before, home)
    if kept is not None and infra == home:
        infra = _inner(home, says.infra)
    report_dir, shown_from, day = option("report_dir"), option("features_home"), _as_of(option("as_of"))
    return Settings(
        suite=suite,
        infra=infra,
        dns=_dns(option("dns"), suite, infra) if option("dns") or not says.dns else _dns_kept(says.dns, suite, home),
        as_of=day,
        report_dir=None if report_dir is None else absolute(Path(report_dir)),
        require_proof=option("require_proof") or bool(says.require_proof),
        waivers=_waivers(option("waivers")) or (home / says.waivers if says.waivers else None),
        waivers_from=_waivers_from(option("waivers_from"), base) or (says.waivers_from if base else None) or "change",
        base=base,
        block=option("block") or (says.block if base else None) or "all",
        since=option("since"),
        trace=option("tbstyle") not in ("auto", "line", "no"),
        design=option("design") or says.design or "told",
        link=_link(option("link"), "--link") or _link(says.link, f"{NAME}: link"),
        home=home if shown_from is None else Path(shown_from),
        kept=kept,
        kept_before=before,
        variable_files=says.variable_files,
        answers=answers_in_force(says, day),
        manifests=named_manifests(option("manifests"), says, home, infra, at_base=shown_from is not None),
    )


def _home(file: str | None, infra: Path) -> tuple[Path, Home | None]:
    """The folder of the settings that hold for an infra repo, and what they say."""
    place = infra / NAME if file is None else absolute(Path(file))
    if file is None and not os.path.lexists(place):
        return infra, None
    try:
        return place.parent, read_home(place)
    except HomeError as error:
        raise pytest.UsageError(str(error)) from None


def _home_before(home: Path, base: str | None) -> Home | None:
    """What the settings said at the base; None where there were none, or none that can be read."""
    if base is None:
        return None
    try:
        repository = Repository(home)
        held = repository.file(repository.commit(base), repository.prefix + NAME)
        return None if held is None else parse_home(held, f"{NAME} at {base}")
    except (GitError, HomeError):
        return None  # whoever opens the base says what is wrong with it


def _judging(now: Home, before: Home | None, home: Path) -> Home:
    """The settings that count.  What decides how a change is judged is not the change's own to say: it begins to hold
    once it is merged.  Where the infra repo or a variable file has moved, the change alone knows where it is now.
    """
    if before is None:
        return now
    moved = {
        root: files
        for root, files in before.variable_files.items()
        if not all((home / before.infra / root / file).is_file() for file in files)
    }
    return replace(
        before,
        infra=before.infra if (home / before.infra).is_dir() else now.infra,
        link=now.link,
        variable_files={**now.variable_files, **{r: f for r, f in before.variable_files.items() if r not in moved}},
        manifests=those_that_count(before.manifests, now.manifests, home),
    )


def _inner(home: Path, infra: str) -> Path:
    place = absolute(home / infra)
    if not place.is_dir() or not Path(os.path.realpath(place)).is_relative_to(os.path.realpath(home)):
        raise pytest.UsageError(f"{home / NAME}:1: infra: {infra!r} is not a folder of this repo")
    return place


def _dns_kept(mode: str, suite: Path, home: Path) -> str:
    """A mode of DNS that the settings ask for: zone files lie below them."""
    kind, _, place = mode.partition(":")
    folder = home / place
    for file, reason in refusals(home, [folder, *folder.glob("*")] if kind == "zones" else []).items():
        raise pytest.UsageError(f"{home / NAME}: dns: {file.relative_to(home)}: {reason}")
    try:
        return _dns(f"zones:{home / place}" if kind == "zones" else mode, suite, home)
    except pytest.UsageError as error:
        raise pytest.UsageError(f"{home / NAME}: {str(error).removeprefix('--')}") from None


def _infra(option: str | None, suite: Path) -> Path:
    if option is None and (variable := os.environ.get("INFRA_ROOT")) == "":
        raise pytest.UsageError("INFRA_ROOT is set, and empty: name the infra repo, or unset it to judge the example")
    source = "--infra" if option is not None else "INFRA_ROOT" if variable else "--infra by default"
    path = option if option is not None else variable or str(suite / "fixtures" / "infra")
    if not os.path.isdir(path):
        raise pytest.UsageError(f"{source}: {path!r} is not a folder")
    return absolute(Path(path))


def absolute(path: Path) -> Path:
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
        return f"zones:{absolute(Path(place))}"
    if mode in ("system", "authoritative", "off") or (kind == "server" and _is_server(place)):
        return mode
    raise pytest.UsageError(
        f"--dns: {mode!r} is none of zones:DIR, system, server:IP[:PORT], authoritative (ask the zone's own"
        " name servers) and off"
    )


def _waivers(file: str | None) -> Path | None:
    if file is not None and not os.path.isfile(file):
        raise pytest.UsageError(f"--waivers: {file!r} is not a file")
    return None if file is None else absolute(Path(file))


def _waivers_from(whose: str | None, base: str | None) -> str | None:
    if base is None and whose == "base":
        raise pytest.UsageError(f"--waivers-from {whose}: which waivers stand there shows only with a --base")
    return whose


def _base(revision: str | None, block: str | None) -> str | None:
    if revision is None and block == "new":
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


def _link(url: str | None, source: str) -> str | None:
    """What paths are put behind.  No report may be led astray by it: no other scheme, nothing that ends a link."""
    if url is None:
        return None
    if not URL.fullmatch(url):
        raise pytest.UsageError(f"{source}: {url!r} is not the beginning of a web address (https://...)")
    return url if url.endswith("/") else f"{url}/"


def _as_of(text: str | None) -> date:
    try:
        return datetime.now(UTC).date() if text is None else iso_date(text)
    except ValueError as error:
        raise pytest.UsageError(f"--as-of: {error}") from None
