"""Parameters by which mail takes another way through Postfix than the one that a feature asks about.

The features name them in their tables; this list says where each is documented.
"""

from __future__ import annotations

from collections.abc import Iterator

from readers.account import Remark, Way, Weight
from readers.postfix.access import RESTRICTIONS
from readers.postfix.main_cf import MainCf

_POSTCONF = "https://www.postfix.org/postconf.5.html#"
_ROUTES = ("transport_maps", "sender_dependent_relayhost_maps", "sender_dependent_default_transport_maps",
           "default_transport", "fallback_relay", "smtp_fallback_relay", "content_filter", "header_checks",
           "body_checks", "mime_header_checks", "nested_header_checks", "milter_header_checks", "smtpd_proxy_filter",
           *RESTRICTIONS)  # fmt: skip
_FILTERS = ("smtpd_milters", "smtpd_milter_maps", "receive_override_options")
_LOGINS = ("smtp_sasl_password_maps", "smtp_sasl_auth_enable")
_LIMITS = ("smtpd_client_event_limit_exceptions", "mynetworks")


def _way(kind: str, name: str) -> Way[MainCf]:
    def look(main_cf: MainCf) -> Iterator[Remark]:
        found = main_cf.parameter(name)
        if found is not None:
            yield Remark(f"{name} is set", found.origin, Weight.READ)

    return Way("Postfix", f"{name} ({kind})", _POSTCONF + name, look)


WAYS: tuple[Way[MainCf], ...] = (
    *(_way("routes mail", name) for name in _ROUTES),
    *(_way("filters it", name) for name in _FILTERS),
    *(_way("logs in", name) for name in _LOGINS),
    *(_way("limits it", name) for name in _LIMITS),
    Way("Postfix", "actions of access tables besides FILTER (REDIRECT, BCC, HOLD, DISCARD)",
        "https://www.postfix.org/access.5.html", None,
        "they decide who gets a message, or whether it waits; its way is that of others"),
)  # fmt: skip
