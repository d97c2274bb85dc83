"""Which way mail takes through Postfix in a container of docker-mailserver: past its milters, and to its relay.

Sources: postconf(5) (smtpd_milters, smtpd_milter_maps, receive_override_options, smtp_sasl_password_maps),
https://www.postfix.org/SASL_README.html#client_sasl_enable, ``helpers/relay.sh`` of docker-mailserver 15.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterator

from msgspec import Struct
from msgspec.structs import replace

from readers import Missing
from readers.docker_mailserver.own_main_cf import CREDENTIALS, LOGINS, credentials_for
from readers.docker_mailserver.own_services import program_of
from readers.docker_mailserver.postfix_setup import PostfixSetup
from readers.docker_mailserver.rspamd_setup import DIRECTORY
from readers.docker_mailserver.rspamd_started import overrides_left
from readers.docker_mailserver.start_script import STOCK
from readers.docker_mailserver.started_files import StartedFiles
from readers.kubernetes import Container, MountedFile
from readers.postfix.hosts import next_hop
from readers.postfix.main_cf import logical_lines
from readers.postfix.master_cf import ServiceOption
from readers.postfix.tables import Answer, answers
from tfparse.cty.values import HOLE, REDACTED
from tfparse.diagnostics import Origin, UnknownValueError

_FILES = ("hash", "texthash", "lmdb", "btree", "cdb", "dbm", "sdbm")
"""Types of tables that are made of a text file of their name (DATABASE_README)."""


def milters(text: str) -> list[str]:
    """The milters of a list, without the options that braces may give each."""
    return re.findall(r"[^\s,{}=]+:[^\s,{}]+", text)


def without_milter(postfix: PostfixSetup, milter: str) -> Iterator[ServiceOption]:
    """What takes mail past a milter: a service's own list without it, a table that says so for some clients, or that
    it hands nothing to milters."""
    for option in postfix.service_options("smtpd_milters").options:
        if option.value is not None and milter not in milters(postfix.main_cf.expand_text(option.value)):
            yield option
    yield from (option for option in _everywhere(postfix, _RECEIVE) if "no_milters" in (option.value or ""))
    yield from (option for option in _everywhere(postfix, _PROXY_FILTER) if option.value)
    for option, found in _by_client(postfix):
        if found.text is not None and milter not in milters(found.text) and not _is_itself(found.key):
            yield replace(option, value=REDACTED if found.secret else found.text, origin=found.origin)


_PROXY_FILTER = "smtpd_proxy_filter"
"""With it milters see the commands only, not the message (MILTER_README, Limitations)."""
_RECEIVE = "receive_override_options"
_PER_CLIENT = "smtpd_milter_maps"
"""Its answers, by the client's address, come in place of smtpd_milters; DISABLE is one (postconf(5))."""


def may_lack_milter(postfix: PostfixSetup) -> Iterator[ServiceOption]:
    """What may take mail past a milter: a table that is not seen, an option that is not known."""
    yield from (option for option in postfix.service_options("smtpd_milters").options if option.value is None)
    for name in (_RECEIVE, _PER_CLIENT, _PROXY_FILTER):
        yield from (option for option in _everywhere(postfix, name) if option.value is None)
    yield from (replace(option, value=found.table) for option, found in _by_client(postfix) if found.text is None)


def _everywhere(postfix: PostfixSetup, name: str) -> Iterator[ServiceOption]:
    """A parameter as single services have it, and as main.cf has it for all, where that sets it."""
    yield from postfix.service_options(name).options
    found = postfix.main_cf.parameter(name)
    if found is not None:
        yield ServiceOption("every service", name, None if found.value.is_unknown else found.text, found.origin)


def _by_client(postfix: PostfixSetup) -> Iterator[tuple[ServiceOption, Answer]]:
    for option in _everywhere(postfix, _PER_CLIENT):
        tables = postfix.main_cf.expand_text(option.value or "", option.origin)
        yield from ((option, found) for found in answers(tables, option.origin, postfix.files.text))


def _is_itself(key: str) -> bool:
    """Whether a client's address is one of the very host: no mail of other hosts comes from there."""
    try:
        return ipaddress.ip_network(key, strict=False).is_loopback
    except ValueError:
        return False


_PROXY = "worker-proxy.inc"
_PROXY_HARMLESS = frozenset({
    "count", "discard_on_reject", "keypair", "max_retries", "quarantine_on_reject", "reject_message", "spam_header",
    "task_timeout", "timeout",
})  # fmt: skip
"""Options of Rspamd's proxy worker under which it goes on taking mail where it does (https://rspamd.com/doc/workers/rspamd_proxy.html)."""


def may_not_listen(container: Container) -> Iterator[ServiceOption]:
    """What Rspamd is told of the worker that takes mail from Postfix, where that may take none any more."""
    overridden = overrides_left(container, DIRECTORY, _PROXY).get(_PROXY)
    for file in (overridden, PostfixSetup(container).files.file(f"/etc/rspamd/local.d/{_PROXY}")):
        yield from () if file is None else _not_harmless(file)


def _not_harmless(file: MountedFile) -> Iterator[ServiceOption]:
    for line in file.value.lines():
        option = re.match(r"\s*([^\s#={]+)", line.text)
        if option is not None and option[1] not in _PROXY_HARMLESS | {"}"}:
            yield ServiceOption("Rspamd's proxy worker", option[1], None, line.origin or file.origin)


class Login(Struct, frozen=True):
    """Whether Postfix finds a login for its relay, and where, or why not."""

    found: bool
    shown: str
    origin: Origin | None
    note: str | None = None


def relay_login(container: Container, postfix: PostfixSetup) -> Login:
    """The login for the host that relayhost names, as ``smtp_sasl_password_maps`` leads to it.

    Raises:
        UnknownValueError: a table cannot be looked into.
    """
    main_cf = postfix.main_cf
    maps = main_cf.parameter("smtp_sasl_password_maps")
    if maps is None:
        problem = "smtp_sasl_password_maps is not set, nor are RELAY_USER and RELAY_PASSWORD"
        return Login(False, problem, container.origin)
    text = main_cf.required("smtp_sasl_password_maps").text
    if not text.strip():
        return Login(False, "smtp_sasl_password_maps is empty", maps.origin)
    relay = main_cf.required("relayhost")
    looked = [
        _in_table(container, postfix.files, table, relay.text, maps.origin)
        for table in re.split(r"[,\s]+", text)
        if table
    ]
    return next((login for login in looked if login.found), looked[0])


def _in_table(container: Container, files: StartedFiles, table: str, relay: str, origin: Origin | None) -> Login:
    kind, _, path = table.partition(":")
    if kind == "static":
        return Login(True, f"a {kind} table", origin)
    if kind not in _FILES:
        raise UnknownValueError(f"what the lookup table {kind}: says is not seen", origin)
    if path == LOGINS and not files.is_touched(path):
        return _of_its_own(container, relay, origin)
    try:
        file = files.file(path)
    except Missing as error:
        return Login(False, f"{error}", error.origin)
    if file is None:
        return Login(False, f"no file is mounted at {path}, which smtp_sasl_password_maps names", origin)
    if kind != "texthash" and not files.is_compiled(path):
        raise UnknownValueError(f"nothing is seen to run postmap on {path}, of which {kind}: needs a table", origin)
    return _in_file(file, relay)


def _of_its_own(container: Container, relay: str, origin: Origin | None) -> Login:
    """The table that docker-mailserver fills for the host that DEFAULT_RELAY_HOST names."""
    host = credentials_for(container)
    if host is not None:
        same = host.value.unknown is not None or host.text == relay
        return Login(same, f"RELAY_USER and RELAY_PASSWORD for {host.shown}", origin)
    file = container.mounted(CREDENTIALS)
    empty = f"{LOGINS} is empty without RELAY_USER and RELAY_PASSWORD"
    return Login(False, empty, origin) if file is None else _in_file(file, relay)


def _in_file(file: MountedFile, relay: str) -> Login:
    """The entry for the relay, by its whole name or by its host; what is not known may have it."""
    keys = [line.text.split()[0] for line in logical_lines(file.value.lines()) if line.text.split()]
    if any(key == relay or key.strip("[]").lower() == next_hop(relay) for key in keys):
        return Login(True, f"in {file.what}", file.origin)
    if any(HOLE in key for key in keys):
        return Login(True, f"{file.what} is mounted", file.origin, "what is in it is secret, so not looked at")
    return Login(False, f"{file.what} has no entry for {relay}", file.origin)


def service_origin(postfix: PostfixSetup, service: str) -> Origin | None:
    """The place of a service of master.cf; None where it is as docker-mailserver has it.

    Raises:
        Missing: it is not there.
        UnknownValueError: it may not be.
    """
    fact = postfix.service(service)
    if fact is None:
        raise Missing(f"service {service}", "master.cf", postfix.removed(service))
    if not fact.sure:
        raise UnknownValueError(fact.by.reason, fact.by.origin)
    if service in STOCK and program_of(fact.text or "") != program_of(STOCK[service]):
        problem = f"{service} runs {program_of(fact.text or '')} in place of {program_of(STOCK[service])}"
        raise UnknownValueError(problem, fact.by.origin)
    return fact.by.origin
