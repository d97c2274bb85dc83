"""The services that docker-mailserver's start-up leaves in master.cf, ahead of postfix-master.cf and user-patches.sh.

Source: ``target/amavis/postfix-amavis.cf`` and, of ``startup/setup.d`` of docker-mailserver 15, dmarc_dkim_spf.sh
(_setup_policyd_spf), saslauthd.sh, postfix.sh (_setup_postfix_early); ``helpers/ssl.sh`` (without SSL_TYPE).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from readers.docker_mailserver.start_script import STOCK, entry
from readers.docker_mailserver.variables import is_off, is_on, taken
from readers.kubernetes import Container
from readers.postfix.commands import edited_option
from readers.postfix.master_cf import parsed_entry
from tfparse.diagnostics import UnknownValueError

_SUBMISSION = ("submission/inet", "submissions/inet")
_AMAVIS = (
    ("smtp-amavis unix - - n - 2 smtp",
     ("syslog_name=postfix/$service_name", "smtp_data_done_timeout=1200", "smtp_send_xforward_command=yes",
      "disable_dns_lookups=yes", "max_use=20", "smtp_tls_security_level=none", "smtp_tls_wrappermode=no")),
    ("127.0.0.1:10025 inet n - n - - smtpd",
     ("syslog_name=postfix/smtpd-amavis", "content_filter=", "local_recipient_maps=", "relay_recipient_maps=",
      "smtpd_restriction_classes=", "smtpd_delay_reject=no", "smtpd_client_restrictions=permit_mynetworks,reject",
      "smtpd_helo_restrictions=", "smtpd_sender_restrictions=",
      "smtpd_recipient_restrictions=permit_mynetworks,reject", "smtpd_data_restrictions=reject_unauth_pipelining",
      "smtpd_end_of_data_restrictions=", "mynetworks=127.0.0.0/8", "smtpd_error_sleep_time=0",
      "smtpd_soft_error_limit=1001", "smtpd_hard_error_limit=1000", "smtpd_client_connection_count_limit=0",
      "smtpd_client_connection_rate_limit=0",
      "receive_override_options=no_header_body_checks,no_unknown_recipient_checks,no_milters",
      "smtp_tls_security_level=none")),
)  # fmt: skip
_POLICYD = "policyd-spf unix - n n - 0 spawn user=policyd-spf argv=/usr/bin/policyd-spf"
_PLAIN = (("submission/inet", "smtpd_tls_security_level", "none"), ("submissions/inet", "smtpd_tls_wrappermode", "no"))
"""What becomes of options where SSL_TYPE is not set."""


def own_services(container: Container) -> Mapping[str, str]:
    """The services by name and type.  One that a variable adds, of which it is not known, is not among them."""
    found = dict(STOCK)
    if _holds(lambda: is_on(container, "ENABLE_SASLAUTHD")):
        found |= {name: edited_option(found[name], "smtpd_sasl_type", None) for name in _SUBMISSION}
    elif _holds(lambda: is_on(container, "SMTP_ONLY") and is_off(container, "ENABLE_SASLAUTHD")):
        found |= {name: edited_option(found[name], "smtpd_sasl_auth_enable", "no") for name in _SUBMISSION}
    if _holds(lambda: is_on(container, "ENABLE_POLICYD_SPF")):
        found |= [entry(_POLICYD, ())]
    if _holds(lambda: is_on(container, "ENABLE_AMAVIS")):
        found |= [entry(fields, options) for fields, options in _AMAVIS]
    if _holds(lambda: not taken(container, "SSL_TYPE").text):
        found |= {name: edited_option(found[name], option, value) for name, option, value in _PLAIN}
    return found


def program_of(text: str) -> str:
    """The program that an entry runs."""
    return parsed_entry(" ".join(text.split("\n")))[0][7]


def _holds(asks: Callable[[], bool]) -> bool:
    try:
        return asks()
    except UnknownValueError:
        return False
