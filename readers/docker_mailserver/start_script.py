"""What docker-mailserver's start-up leaves of Postfix' configuration: its own services, postfix-master.cf, and
``user-patches.sh``, which ``_setup_run_user_patches`` runs last of all, by ``/bin/bash`` and in the folder ``/``.

Source: ``target/postfix/master.cf``, ``target/scripts/startup/setup.d/postfix.sh`` and ``startup/setup-stack.sh``
of docker-mailserver 15.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from readers.account import Setting
from readers.postfix.configuration import Configuration, Read
from readers.postfix.main_cf import MainCf
from readers.shell.facts import Fact, Facts, anything
from readers.shell.state import Environment, unknown_environment
from tfparse.cty.values import HOLE, Unknown, Value
from tfparse.patterns import pattern

_SUBMISSION = (
    "smtpd_sasl_auth_enable=yes", "smtpd_sasl_type=dovecot", "smtpd_reject_unlisted_recipient=no",
    "smtpd_sasl_authenticated_header=yes", "smtpd_client_restrictions=permit_sasl_authenticated,reject",
    "smtpd_relay_restrictions=permit_sasl_authenticated,reject", "smtpd_sender_restrictions=$mua_sender_restrictions",
    "smtpd_discard_ehlo_keywords=", "milter_macro_daemon_name=ORIGINATING", "cleanup_service_name=sender-cleanup",
)  # fmt: skip
_SERVICES: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("smtp inet n - n - 1 postscreen", ()),
    ("smtpd pass - - n - - smtpd", ()),
    ("tlsproxy unix - - n - 0 tlsproxy", ()),
    ("dnsblog unix - - n - 0 dnsblog", ()),
    ("submission inet n - n - - smtpd",
     ("syslog_name=postfix/submission", "smtpd_tls_security_level=encrypt", *_SUBMISSION)),
    ("submissions inet n - n - - smtpd",
     ("syslog_name=postfix/submissions", "smtpd_tls_wrappermode=yes", *_SUBMISSION)),
    ("pickup fifo n - n 60 1 pickup", ("content_filter=", "receive_override_options=no_header_body_checks")),
    ("sender-cleanup unix n - n - 0 cleanup",
     ("syslog_name=postfix/sender-cleanup", "header_checks=pcre:/etc/postfix/maps/sender_header_filter.pcre")),
    *((f"{fields} {program}", ()) for fields, program in (
        ("cleanup unix n - n - 0", "cleanup"), ("qmgr unix n - n 300 1", "qmgr"),
        ("tlsmgr unix - - n 1000? 1", "tlsmgr"), ("rewrite unix - - n - -", "trivial-rewrite"),
        ("bounce unix - - n - 0", "bounce"), ("defer unix - - n - 0", "bounce"), ("trace unix - - n - 0", "bounce"),
        ("verify unix - - n - 1", "verify"), ("flush unix n - n 1000? 0", "flush"),
        ("proxymap unix - - n - -", "proxymap"), ("proxywrite unix - - n - 1", "proxymap"),
        ("smtp unix - - n - -", "smtp"), ("relay unix - - n - -", "smtp"), ("showq unix n - n - -", "showq"),
        ("error unix - - n - -", "error"), ("retry unix - - n - -", "error"), ("discard unix - - n - -", "discard"),
        ("local unix - n n - -", "local"), ("virtual unix - n n - -", "virtual"), ("lmtp unix - - n - -", "lmtp"),
        ("anvil unix - - n - 1", "anvil"), ("scache unix - - n - 1", "scache"))),
    ("postlog unix-dgram n - n - 1 postlogd", ()),
)  # fmt: skip


def entry(fields: str, options: tuple[str, ...]) -> tuple[str, str]:
    """A service by its name and type, and its text in master.cf."""
    return "/".join(fields.split()[:2]), "\n  ".join([fields, *(f"-o {option}" for option in options)])


STOCK = dict(entry(fields, options) for fields, options in _SERVICES)
"""The services of the master.cf that the image has, by name and type."""

_TAKEN = pattern(rf"[0-9a-z{HOLE}]")
"""How a line of postfix-master.cf begins that is handed to ``postconf -P``; others are left out."""


def _added(setting: Setting | None, fact: Fact) -> Fact:
    """What ``_add_to_or_update_postfix_main`` makes of a parameter that is set already."""
    if setting is None or not fact.sure:
        return fact
    if setting.value.is_unknown:
        return anything(Unknown(f"what it is added to is not known: {setting.shown}", setting.origin))
    already = f" {fact.text} " in f" {setting.text} "
    return Fact(setting.text if already else f"{setting.text} {fact.text}".lstrip(), fact.by)


def configuration(
    main_cf: MainCf | None, options: Value | None, script: Value | None, read: Read,
    environment: Environment = unknown_environment, added: Mapping[str, Fact] = MappingProxyType({}),
    later: Mapping[str, Fact] = MappingProxyType({}), stock: Mapping[str, str] = MappingProxyType(STOCK),
    files: Facts | None = None,
) -> Configuration:  # fmt: skip
    """Postfix' configuration once the container has started: from its main.cf, the ``options`` of single services
    (postfix-master.cf), what is ``added`` to parameters, what is set ``later``, and the start-up script, each where it
    is mounted; the script is started with an ``environment``.  ``stock`` are the services that it begins with,
    ``files`` what is known of other files."""
    found = Configuration.of(main_cf, stock, files)
    for name, fact in added.items():
        setting = None if main_cf is None else main_cf.parameter(name)
        found.main.put(name, _added(setting, fact))
    for name, fact in later.items():
        found.main.put(name, fact)
    for line in () if options is None else options.lines():
        if _TAKEN.match(line.text.lstrip()):
            found.given(line)
    may = "the start-up script may change it by"
    return found if script is None else found.after(script, read, environment, may=may)
