"""What the start-up changes by variables and files of the image's main.cf, besides milters, networks and relay.

Source: ``startup/setup.d`` of docker-mailserver 15: postfix.sh (_setup_postfix_early, _setup_postfix_late, _setup_SRS),
dovecot.sh (_setup_dovecot_quota), dmarc_dkim_spf.sh (_setup_policyd_spf), ldap.sh, saslauthd.sh, security/misc.sh,
security/spoofing.sh; ``helpers``: aliases.sh, dns.sh, ssl.sh.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from readers.account import Setting
from readers.docker_mailserver.shipped import SHIPPED
from readers.docker_mailserver.variables import is_off, is_on, taken, variable, why_unknown
from readers.kubernetes import Container
from readers.postfix.main_cf import Assignment
from readers.shell.facts import Fact, anything
from tfparse.cty.values import HOLE, Unknown
from tfparse.diagnostics import UnknownValueError

_CONFIG = "/tmp/docker-mailserver/"
_PATTERNS, _SENDERS, _RECIPIENTS = (
    f"{_CONFIG}{name}.cf" for name in ("postfix-regexp", "postfix-send-access", "postfix-receive-access")
)
_QUOTAS, _SPF, _GREY = POLICY_SERVICES = ("inet:localhost:65265", "unix:private/policyd-spf", "inet:127.0.0.1:10023")
"""Dovecot's for quotas, policyd-spf and Postgrey: each refuses mail or lets it pass."""
_SIZES = (
    ("POSTFIX_MESSAGE_SIZE_LIMIT", ("message_size_limit",)),
    ("POSTFIX_MAILBOX_SIZE_LIMIT", ("mailbox_size_limit", "virtual_mailbox_limit")),
)
_LDAP = {
    "virtual_mailbox_maps": "ldap:/etc/postfix/ldap-users.cf",
    "virtual_mailbox_domains": "/etc/postfix/vhost, ldap:/etc/postfix/ldap-domains.cf",
    "virtual_alias_maps": "ldap:/etc/postfix/ldap-aliases.cf, ldap:/etc/postfix/ldap-groups.cf",
    "mydestination": "localhost.$mydomain, localhost",
}
_TLS = ("smtpd_tls_chain_files", "smtpd_tls_security_level", "smtp_tls_security_level", "smtpd_tls_protocols",
        "smtp_tls_protocols", "smtpd_tls_mandatory_protocols", "smtpd_tls_CAfile", "smtp_tls_CAfile")  # fmt: skip
_SRS = {
    "sender_canonical_maps": "tcp:localhost:10001",
    "recipient_canonical_maps": "tcp:localhost:10002",
    "recipient_canonical_classes": "envelope_recipient,header_recipient",
    "sender_canonical_classes": "{}",
}


def is_mounted(container: Container, path: str) -> bool:
    """Whether a file is mounted at a path itself."""
    file = container.mounted(path)
    return file is not None and file.what == path


def _set(name: str, found: Setting) -> Assignment:
    """A parameter that gets a variable's value, known or not."""
    unknown = found.value.unknown
    return Assignment(name, HOLE if unknown else found.text, found.origin, unknown, found.sensitive)


def _host(container: Container) -> Iterator[Assignment]:
    """``_obtain_hostname_and_domainname``: without OVERRIDE_HOSTNAME the names are those of the pod."""
    found = variable(container, "OVERRIDE_HOSTNAME")
    if found is None or not found.text:
        raise UnknownValueError("its host name is that of the pod", container.origin)
    yield _set("myhostname", found)
    labels = found.text.split(".")
    yield Assignment("mydomain", ".".join(labels[1:] if len(labels) > 2 else labels), found.origin)


def _protocols(container: Container) -> Iterator[Assignment]:
    found = taken(container, "POSTFIX_INET_PROTOCOLS")
    if found.value.unknown or found.text != "all":
        yield _set("inet_protocols", found)


def _sizes(container: Container) -> Iterator[Assignment]:
    for variable_name, parameters in _SIZES:
        yield from (_set(name, taken(container, variable_name)) for name in parameters)


def _is_local(container: Container) -> bool:
    return taken(container, "ACCOUNT_PROVISIONER").text == "FILE"


def _delivery(container: Container) -> Iterator[Assignment]:
    agent, origin = taken(container, "POSTFIX_DAGENT"), container.origin
    if not _is_local(container):
        yield from (Assignment(name, text, origin) for name, text in _LDAP.items())
    elif is_mounted(container, _PATTERNS):
        yield Assignment("virtual_alias_maps", f"{SHIPPED['virtual_alias_maps']} pcre:/etc/postfix/regexp", origin)
    if not is_on(container, "SMTP_ONLY"):
        if _is_local(container):
            yield Assignment("virtual_mailbox_maps", "texthash:/etc/postfix/vmailbox", origin)
        yield Assignment("virtual_transport", "lmtp:unix:/var/run/dovecot/lmtp", origin)
    if agent.value.unknown or agent.text:
        yield _set("virtual_transport", agent)


def _senders(container: Container) -> Iterator[Assignment]:
    """``_setup_spoof_protection``, ``reject_unknown_client_hostname`` and postfix-send-access.cf."""
    found = taken(container, "SPOOF_PROTECTION")
    if not is_on(container, "SPOOF_PROTECTION"):
        yield Assignment("mua_sender_restrictions", "$dms_smtpd_sender_restrictions", found.origin)
    elif _is_local(container):
        tables = "texthash:/etc/postfix/virtual, hash:/etc/aliases, pcre:/etc/postfix/maps/sender_login_maps.pcre"
        text = f"unionmap:{{ {tables}, pcre:/etc/postfix/regexp }}"
        yield Assignment("smtpd_sender_login_maps", text, found.origin)
    else:
        why = Unknown("LDAP's tables decide it", found.origin)
        yield Assignment("smtpd_sender_login_maps", HOLE, found.origin, why)
    unknown = ", reject_unknown_client_hostname" if is_on(container, "POSTFIX_REJECT_UNKNOWN_CLIENT_HOSTNAME") else ""
    asked = f"check_sender_access texthash:{_SENDERS}, " if is_mounted(container, _SENDERS) else ""
    for name, added in (("dms_smtpd_sender_restrictions", unknown), ("smtpd_sender_restrictions", "")):
        yield Assignment(name, f"{asked}{SHIPPED[name]}{added}", container.origin)


def _recipients(container: Container) -> Iterator[Assignment]:
    """What the services that are asked of each recipient add to the restrictions, in the order of the start-up."""
    name = "smtpd_recipient_restrictions"
    text = SHIPPED[name]
    if _is_local(container) and not is_on(container, "SMTP_ONLY") and not is_off(container, "ENABLE_QUOTAS"):
        text += f", check_policy_service {_QUOTAS}"
    if is_on(container, "ENABLE_POLICYD_SPF"):
        after = "reject_unauth_destination"
        text = text.replace(after, f"{after}, check_policy_service {_SPF}", 1)
        yield Assignment("policyd-spf_time_limit", "3600", container.origin)
    if is_on(container, "ENABLE_POSTGREY"):
        text += f", check_policy_service {_GREY}"
    if is_mounted(container, _RECIPIENTS):
        text = f"check_recipient_access texthash:{_RECIPIENTS}, {text}"
    yield Assignment(name, text, container.origin)


def _postscreen(container: Container) -> Iterator[Assignment]:
    """``__setup__security__postscreen``."""
    action = taken(container, "POSTSCREEN_ACTION")
    for name in ("postscreen_greet_action", "postscreen_bare_newline_action", "postscreen_dnsbl_action"):
        yield _set(name, action)
    if is_off(container, "ENABLE_DNSBL"):
        origin = taken(container, "ENABLE_DNSBL").origin
        yield Assignment("postscreen_dnsbl_action", "ignore", origin)
        yield Assignment("postscreen_dnsbl_sites", "", origin)


def _tls(container: Container) -> Iterator[Assignment]:
    """``_setup_ssl``: without SSL_TYPE there is no TLS at all; certificates are copied."""
    kind, level = taken(container, "SSL_TYPE"), taken(container, "TLS_LEVEL")
    if level.text != "modern":
        raise UnknownValueError(f"TLS_LEVEL = {level.shown} sets what is allowed of TLS", level.origin)
    if not kind.text:
        for name in ("smtpd_tls_security_level", "smtp_tls_security_level"):
            yield Assignment(name, "none", kind.origin)
    elif kind.text == "manual" and variable(container, "SSL_ALT_KEY_PATH") is None:
        yield Assignment("smtpd_tls_chain_files", "/etc/dms/tls/key /etc/dms/tls/cert", kind.origin)
    elif kind.text != "snakeoil":
        why = Unknown(f"SSL_TYPE = {kind.shown} sets which certificates there are", kind.origin)
        yield from (
            Assignment(name, HOLE, kind.origin, why)
            for name in ("smtpd_tls_chain_files", "smtpd_tls_CAfile", "smtp_tls_CAfile")
        )


def _logins(container: Container) -> Iterator[Assignment]:
    """``_setup_saslauthd`` takes away what Dovecot needs."""
    if is_on(container, "ENABLE_SASLAUTHD"):
        raise UnknownValueError("SASLauthd is in the place of Dovecot", taken(container, "ENABLE_SASLAUTHD").origin)
    yield from ()


def set_after_ours(container: Container) -> dict[str, Fact]:
    """What is set once postfix-main.cf has been appended (``_setup_SRS``)."""
    try:
        found, classes = taken(container, "ENABLE_SRS"), taken(container, "SRS_SENDER_CLASSES").text
        if not is_on(container, "ENABLE_SRS"):
            return {}
    except UnknownValueError as error:
        return dict.fromkeys(_SRS, anything(why_unknown(error, "SRS", container.origin)))
    by = Unknown("ENABLE_SRS sets it", found.origin)
    return {name: Fact(text.format(classes), by) for name, text in _SRS.items()}


Step = tuple[tuple[str, ...], Callable[[Container], Iterator[Assignment]]]
STEPS: tuple[Step, ...] = (
    (("myhostname", "mydomain"), _host),
    (("inet_protocols",), _protocols),
    (tuple(name for _, names in _SIZES for name in names), _sizes),
    ((*_LDAP, "virtual_transport"), _delivery),
    (("mua_sender_restrictions", "smtpd_sender_login_maps", "dms_smtpd_sender_restrictions",
      "smtpd_sender_restrictions"), _senders),
    (("smtpd_recipient_restrictions", "policyd-spf_time_limit"), _recipients),
    (("postscreen_greet_action", "postscreen_bare_newline_action", "postscreen_dnsbl_action", "postscreen_dnsbl_sites"),
     _postscreen),
    (_TLS, _tls),
    (("smtpd_sasl_path", "smtpd_sasl_type"), _logins),
)  # fmt: skip
"""What is set, and which of it cannot be known where what it depends on cannot."""
