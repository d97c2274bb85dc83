"""What docker-mailserver's start-up sets in main.cf by itself, before and after it appends ours.

Source: ``target/postfix/main.cf`` and, of ``target/scripts``, the functions that the rows name; docker-mailserver 15.
"""

from __future__ import annotations

from collections.abc import Iterator

from readers.account import Setting
from readers.docker_mailserver.own_settings import STEPS, Step, is_mounted
from readers.docker_mailserver.shipped import LONG, SHIPPED
from readers.docker_mailserver.variables import is_on, taken, variable, why_unknown
from readers.kubernetes import Container
from readers.postfix.main_cf import Assignment
from readers.shell.facts import Fact, anything
from tfparse.cty.values import HOLE, Unknown
from tfparse.diagnostics import UnknownValueError

CREDENTIALS = "/tmp/docker-mailserver/postfix-sasl-password.cf"
RELAY_MAP = "/tmp/docker-mailserver/postfix-relaymap.cf"
LOGINS = "/etc/postfix/sasl_passwd"
"""The table that ``_relayhost_sasl`` fills from the credentials, in a file or in the environment."""
RELAYS = "texthash:/etc/postfix/relayhost_map"
"""The table of relays by sender: empty without RELAY_HOST and postfix-relaymap.cf."""
MTA_STS = "socketmap:unix:/var/run/mta-sts/daemon.sock:postfix"
"""What MTA-STS looks up: it only makes the TLS stricter for domains that publish such a policy."""

_MILTERS = (
    ("ENABLE_OPENDKIM", "dkim_milter", "inet:localhost:8891"),
    ("ENABLE_OPENDMARC", "dmarc_milter", "inet:localhost:8893"),
    ("ENABLE_RSPAMD", "rspamd_milter", "inet:localhost:11332"),
)


def before_ours(container: Container) -> tuple[Assignment, ...]:
    """The assignments that stand ahead of postfix-main.cf."""
    listed = Unknown("docker-mailserver has a list of its own", container.origin)
    found = [Assignment(name, text, container.origin) for name, text in SHIPPED.items()]
    found += [Assignment(name, HOLE, container.origin, listed) for name in LONG]
    for parameters, function in (*STEPS, *_STEPS):
        try:
            found += function(container)
        except UnknownValueError as error:
            why = why_unknown(error, "what docker-mailserver sets", container.origin)
            found += [Assignment(name, HOLE, why.origin, why) for name in parameters]
    return tuple(found)


def added_to_ours(container: Container) -> dict[str, Fact]:
    """What is added to parameters once ours is appended, ahead of user-patches.sh."""
    name = "ENABLE_MTA_STS"
    try:
        if not is_on(container, name):
            return {}
        return {"smtp_tls_policy_maps": Fact(MTA_STS, Unknown(f"{name} sets it", taken(container, name).origin))}
    except UnknownValueError as error:
        return {"smtp_tls_policy_maps": anything(why_unknown(error, name, container.origin))}


def _milters(container: Container) -> Iterator[Assignment]:
    """``_setup_opendkim``, ``_setup_opendmarc``, ``__rspamd__setup_postfix``."""
    used = [(switch, name, at) for switch, name, at in _MILTERS if _filters(container, switch)]
    origin = taken(container, "ENABLE_RSPAMD").origin
    for _, name, at in used:
        yield Assignment(name, at, origin)
    if used:
        yield Assignment("smtpd_milters", " ".join(f"${name}" for _, name, _ in used), origin)
    if used and used[0][1] == "dkim_milter":
        yield Assignment("non_smtpd_milters", "$dkim_milter", origin)


def _filters(container: Container, switch: str) -> bool:
    """Of Rspamd's only ``0`` and ``1`` are taken (``_env_var_expect_zero_or_one``)."""
    return taken(container, switch).text == "1" if switch == "ENABLE_RSPAMD" else is_on(container, switch)


def _amavis(container: Container) -> Iterator[Assignment]:
    """``__setup__security__amavis``."""
    if is_on(container, "ENABLE_AMAVIS"):
        found = taken(container, "ENABLE_AMAVIS")
        yield Assignment("content_filter", "smtp-amavis:[127.0.0.1]:10024", found.origin)


def _networks(container: Container) -> Iterator[Assignment]:
    """``_setup_docker_permit``."""
    found = taken(container, "PERMIT_DOCKER")
    shipped = SHIPPED["mynetworks"]
    if found.text == "network":
        yield Assignment("mynetworks", f"{shipped} 172.16.0.0/12", found.origin)
    elif found.text == "container" and not _has_address_of_its_node(container):
        yield Assignment("mynetworks", shipped, found.origin)  # and its own address, which is nobody else's
    elif found.text in ("container", "host", "connected-networks"):
        problem = f"PERMIT_DOCKER = {found.shown} adds networks that its interfaces are in, known only where it runs"
        yield Assignment("mynetworks", HOLE, found.origin, Unknown(problem, found.origin))
    else:
        yield Assignment("mynetworks", "", found.origin)


def _has_address_of_its_node(container: Container) -> bool:
    """Whether the pod is, or may be, in the network of its node (``hostNetwork``)."""
    found = container.workload.pod.attribute("host_network")
    return found is not None and (found.is_unknown or str(found.raw).lower() == "true")


def _relay(container: Container) -> Iterator[Assignment]:
    """``_setup_relayhost``, ``_relayhost_sasl`` and ``_populate_relayhost_map``."""
    host = taken(container, "DEFAULT_RELAY_HOST")
    text = host.text if host.value.unknown is None else HOLE
    if text:
        yield Assignment("relayhost", text.strip(), host.origin, host.value.unknown, host.sensitive)
    origin = host.origin if text else container.origin
    if not text and not has_relays(container):
        return
    yield Assignment("sender_dependent_relayhost_maps", RELAYS, origin)
    mounted = is_mounted(container, CREDENTIALS)
    if mounted:
        yield Assignment("smtp_sender_dependent_authentication", "yes", origin)
    if mounted or all(_is_given(container, name) for name in ("RELAY_USER", "RELAY_PASSWORD")):
        yield Assignment("smtp_sasl_password_maps", f"texthash:{LOGINS}", origin)
        yield Assignment("smtp_sasl_auth_enable", "yes", origin)
        yield Assignment("smtp_sasl_security_options", "noanonymous", origin)
        yield Assignment("smtp_tls_security_level", "encrypt", origin)


def has_relays(container: Container) -> bool:
    """Whether there may be entries in the table of relays by sender."""
    return _is_given(container, "RELAY_HOST") or is_mounted(container, RELAY_MAP)


def credentials_for(container: Container) -> Setting | None:
    """The host that the credentials of the environment are for; None where there are none."""
    if not all(_is_given(container, name) for name in ("RELAY_USER", "RELAY_PASSWORD")):
        return None
    host = taken(container, "DEFAULT_RELAY_HOST")
    return host if host.value.unknown is not None or host.text else None


def _is_given(container: Container, name: str) -> bool:
    """Whether a variable is set to something.  A secret whose value nobody can see is."""
    found = variable(container, name)
    return found is not None and (found.value.unknown is not None or bool(found.text))


_STEPS: tuple[Step, ...] = (
    (("smtpd_milters", "non_smtpd_milters"), _milters),
    (("content_filter",), _amavis),
    (("mynetworks",), _networks),
    (("relayhost", "sender_dependent_relayhost_maps", "smtp_sender_dependent_authentication", "smtp_sasl_password_maps",
      "smtp_sasl_auth_enable", "smtp_sasl_security_options", "smtp_tls_security_level"), _relay),
)  # fmt: skip
"""Likewise (:data:`STEPS`)."""
