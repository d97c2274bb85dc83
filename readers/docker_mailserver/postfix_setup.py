"""Postfix' configuration as docker-mailserver puts it together in a container, and what single services get of it.

Source: ``target/scripts/startup/setup.d/postfix.sh`` and ``helpers/relay.sh`` of docker-mailserver.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cached_property

from msgspec import Struct
from msgspec.structs import replace

from readers import Malformed, Missing
from readers.account import Account, Setting, survey
from readers.docker_mailserver.own_main_cf import MTA_STS, RELAYS, added_to_ours, before_ours, has_relays
from readers.docker_mailserver.own_services import own_services
from readers.docker_mailserver.own_settings import POLICY_SERVICES, set_after_ours
from readers.docker_mailserver.rspamd_setup import ends_of_the_start
from readers.docker_mailserver.start_environment import StartEnvironment
from readers.docker_mailserver.start_script import configuration
from readers.docker_mailserver.started_files import StartedFiles, absent
from readers.docker_mailserver.ways import FILES, POSTFIX
from readers.kubernetes import Container
from readers.kubernetes.hooks import hooks
from readers.kubernetes.mounts import mounts_over
from readers.postfix.access import RESTRICTIONS, OtherWay, other_ways
from readers.postfix.configuration import Configuration
from readers.postfix.main_cf import SPACE, Assignment, MainCf, read_main_cf
from readers.postfix.master_cf import Listener, ServiceOption
from readers.postfix.tables import answers
from readers.shell.facts import Fact, Facts
from readers.shell.supervisor import stopped
from tfparse.cty.values import HOLE, Unknown, Value, string
from tfparse.diagnostics import Origin, UnknownValueError
from tfparse.patterns import pattern

MAIN_CF = "/tmp/docker-mailserver/postfix-main.cf"
"""Is appended to the main.cf that the image has."""
MASTER_CF = "/tmp/docker-mailserver/postfix-master.cf"
"""Holds lines for ``postconf -P``."""
SCRIPT = "/tmp/docker-mailserver/user-patches.sh"
"""Is run last, as root."""

_SKIPPED = pattern(rf"[{SPACE}]*(#.*)?$", re.DOTALL)
_FILTERS = pattern(r"\bFILTER\b|\$[\d{(]", re.IGNORECASE)
"""What hands mail to another program or host (header_checks(5)), or says what a message says."""
_PATHS = pattern(r"(?<=:)/[^\s,{}]+")
"""The files of lookup tables."""
_TABLE = pattern(r"\b[a-z]+:")
"""How a lookup table begins: its type (DATABASE_README)."""


class ServiceOptions(Struct, frozen=True):
    """What the services that take mail from other hosts are given of one parameter."""

    options: tuple[ServiceOption, ...]

    def other_than(self, main_cf: MainCf, name: str) -> list[ServiceOption]:
        """Those that differ from what main.cf has for all.  UnknownValueError where one may, and none does."""
        common = main_cf.parameter(name)
        value = "" if common is None else common.text
        found = [o for o in self.options if o.value is not None and o.value != value]
        doubtful = next((o for o in self.options if o.value is None), None)
        if not found and doubtful is not None:
            problem = f"what {doubtful.service} gets as its own {doubtful.parameter} is not known"
            raise UnknownValueError(problem, doubtful.origin)
        return found


class PostfixSetup:
    """Postfix' configuration in a container of docker-mailserver, read where a question needs it."""

    def __init__(self, container: Container) -> None:
        self._container = container

    @cached_property
    def main_cf(self) -> MainCf:
        """The main.cf as the start-up script leaves it."""
        return self._container.kept("main.cf", self._main_cf)

    def _main_cf(self) -> MainCf:
        return replace(self._mounted_main_cf, changes=self._started.main, secret_changes=self._started.secret)

    @cached_property
    def account(self) -> Account:
        """What was looked at besides, and what a reader should know of; what is in doubt is unknown where read."""
        return self._container.kept("account of Postfix", self._account)

    def _account(self) -> Account:
        known = tuple(remark for remark in self._start.remarks if remark not in self._start.doubts)
        return Account(self._start.ways, known) + survey(POSTFIX, self._container)

    @cached_property
    def _start(self) -> Account:
        return self._container.start()

    @cached_property
    def _mounted_main_cf(self) -> MainCf:
        ahead = before_ours(self._container)
        if not mounts_over(self._container, (MAIN_CF,)):
            return replace(read_main_cf(string("", self._container.origin)), ahead=ahead)
        file = self._container.file(MAIN_CF)
        first = next((line for line in file.value.lines() if not _SKIPPED.match(line.text)), None)
        if first is not None and first.text[0] in SPACE:
            problem = "the first line of ours begins with a blank, so it continues the last of docker-mailserver's own"
            ahead += (Assignment(None, HOLE, first.origin, Unknown(problem, first.origin)),)
        return replace(read_main_cf(file.value), ignored=file.ignored, ahead=ahead)

    @cached_property
    def _started(self) -> Configuration:
        """What is in the container once it has started."""
        return self._container.kept("Postfix once started", self._configuration)

    def _configuration(self) -> Configuration:
        try:
            main_cf = self._mounted_main_cf
        except (Missing, Malformed, UnknownValueError):
            main_cf = None
        options, script = (
            None if (file := self._container.mounted(path)) is None else file.value for path in (MASTER_CF, SCRIPT)
        )
        given, before = StartEnvironment(self._container), StartedFiles(self._container, Facts(), False)
        secrets = [script is not None and script.sensitive]

        def read(path: str) -> Value | None:
            text = before.text(path)
            secrets.append(text is not None and text.sensitive)
            return text

        added, later = added_to_ours(self._container), set_after_ours(self._container)
        found = configuration(main_cf, options, script, read, given.of_the_script, added, later,
                              own_services(self._container), absent(self._container))  # fmt: skip
        for hook in hooks(self._container):
            found = found.perhaps_after(
                hook.words, hook.origin, read, given.of_the_container, may=f"{hook.name} may change it by"
            )
        for doubt in self._start.doubts:
            found.hidden("/etc/postfix", Unknown(doubt.text, doubt.origin))
        for end in ends_of_the_start(self._container):
            found.hidden("/etc/postfix", end)
        stopping = stopped(found.files, "postfix")
        if stopping is not None:
            found.hidden("/etc/postfix", stopping)
        for mount in mounts_over(self._container, FILES):
            found.hidden(mount.path, Unknown(f"{mount.shown} is mounted over what the start-up writes", mount.origin))
        return replace(found, secret=any(secrets))

    @property
    def files(self) -> StartedFiles:
        """The files that programs find once the container has started."""
        return StartedFiles(self._container, self._started.files, self._started.secret)

    def service_options(self, parameter: str) -> ServiceOptions:
        """A parameter as services of master.cf have it for themselves (``-o``): by the lines that docker-mailserver
        hands to ``postconf -P``, and by the start-up script."""
        return ServiceOptions(tuple(o for o in self._started.options(parameter) if not o.is_loopback))

    def note(self, parameter: str) -> str | None:
        """What a reader should know of who sets a parameter, where neither ours nor a script does."""
        fact = self._started.main.of(parameter)
        return fact.by.reason if fact is not None and fact.sure and fact.text == MTA_STS else None

    def service(self, name: str) -> Fact | None:
        """What is known of a service ("anvil/unix") once the container has started; None where it is not there."""
        fact = self._started.master.of(name)
        return None if fact is None or (fact.sure and fact.text is None) else fact

    def removed(self, name: str) -> Origin | None:
        """Where a service is taken away."""
        fact = self._started.master.of(name)
        return None if fact is None else fact.by.origin

    def listener(self, port: int) -> Listener | None:
        """The service that listens on a port.

        Raises:
            UnknownValueError, Malformed: as :meth:`Configuration.listener` does.
        """
        return self._started.listener(port)

    def other_ways(self) -> Iterator[OtherWay]:
        """What in the restrictions sends mail another way, or may: of main.cf, and of single services."""
        for name in RESTRICTIONS:
            found = self.main_cf.parameter(name)
            texts = [] if found is None else [(found.text, found.origin, True)]
            for option in self.service_options(name).options:
                said = option.perhaps if option.value is None else option.value
                texts.append((HOLE if said is None else said, option.origin, option.value is not None))
            for text, origin, sure in texts:
                for way in other_ways(self.main_cf, text, origin, self.files.text, POLICY_SERVICES):
                    yield replace(way, certain=way.certain and sure)

    def is_empty(self, table: str) -> bool:
        """Whether a lookup table is one that docker-mailserver makes, and leaves empty."""
        return table == RELAYS and not has_relays(self._container)

    def may_be_filtered(self, tables: str) -> bool:
        """Whether the checks of some lookup tables may hand mail elsewhere: all but patterns that are seen may."""
        found = answers(self.main_cf.expand_text(tables), None, self.files.text)
        return any(one.text is None or _FILTERS.search(one.text) for one in found)


def overruling(setup: PostfixSetup, name: str, harmless: str) -> tuple[bool, Setting | None]:
    """Whether a parameter that would overrule others is set to more than is ``harmless``, and to what.

    Raises:
        UnknownValueError: lookup tables decide, whose content is not seen.
    """
    written = setup.main_cf.parameter(name)
    if written is None:
        return False, None
    if not written.value.is_unknown and "$" in written.text and written.text in harmless.split(", "):
        return False, written  # as another parameter, which is asked for by itself
    found = setup.main_cf.required(name)
    touched = next(filter(None, map(setup.files.facts.of, _PATHS.findall(found.text))), None)
    if touched is None and (found.text in ("", MTA_STS, *harmless.split(", ")) or setup.is_empty(found.text)):
        return False, found
    if name.endswith("_checks") and not setup.may_be_filtered(found.text):
        return False, found
    if name.endswith(("_maps", "_per_site", "_checks")) and _TABLE.search(found.text):
        origin = found.origin if touched is None else touched.by.origin
        raise UnknownValueError(f"what the lookup tables {found.shown} say is not seen", origin)
    return True, found
