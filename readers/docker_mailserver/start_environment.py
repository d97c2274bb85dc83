"""What user-patches.sh and the commands of Kubernetes find in their environment.

A container's own variables reach them; what docker-mailserver's start-up sets besides is not exported, except what was
there and empty: that keeps being exported when it gets its default.  Source: ``variables-stack.sh``, ``helpers/dns.sh``
and ``Dockerfile`` of docker-mailserver 15; bash(1), ENVIRONMENT.
"""

from __future__ import annotations

from readers import Malformed, Missing
from readers.kubernetes import Container
from readers.kubernetes.starting import Start
from readers.shell.text import WORD
from tfparse.cty.text import flat
from tfparse.cty.values import HOLE
from tfparse.diagnostics import UnknownValueError
from tfparse.patterns import pattern

_IMAGES = {
    "DMS_RELEASE": HOLE, "FETCHMAIL_POLL": "300", "POSTGREY_AUTO_WHITELIST_CLIENTS": "5", "POSTGREY_DELAY": "300",
    "POSTGREY_MAX_AGE": "35", "POSTGREY_TEXT": "Delayed by Postgrey", "SASLAUTHD_MECH_OPTIONS": "",
}  # fmt: skip
"""``ENV`` of the Dockerfile."""
_SET_BY_OTHERS = pattern(
    r"_|[a-z].*|BASH.*|COLUMNS|COMP.*|COPROC|DIRSTACK|DOMAINNAME|E?UID|EPOCH.*|FUNC.*|GROUPS|HIST.*|HOME|HOST(NAME|TYPE)|IFS"
    r"|KUBERNETES_.*|LANG|LC_.*|LINENO|LINES|LOG_LEVEL|LOGNAME|MACHTYPE|MAIL.*|OLDPWD|OPT(ARG|ERR|IND)|OSTYPE|PATH|PIPESTATUS"
    r"|PPID|PS[0-9]|PWD|RANDOM|READLINE_.*|SECONDS|SHELL.*|SHLVL|SRANDOM|SUPERVISOR_.*|TERM|TMPDIR|USER(NAME)?"
    r"|.*_(SERVICE_HOST|SERVICE_PORT|PORT)(_.*)?"
)
"""Set by bash (bash(1), Shell Variables), supervisord, the container's runtime, or Kubernetes for its services."""
_EMPTY_STAYS = frozenset({
    "DEFAULT_RELAY_HOST", "OVERRIDE_HOSTNAME", "POSTFIX_DAGENT", "RELAY_HOST", "RELAY_PASSWORD", "RELAY_USER",
    "SPAM_SUBJECT", "SRS_EXCLUDE_DOMAINS", "SRS_SECRET", "SSL_TYPE", "TZ",
})  # fmt: skip
"""What ``:=`` leaves empty, or the start-up never sets."""
_ITS_OWN = pattern(
    r"(ENABLE|RSPAMD|POSTFIX|POSTSCREEN|POSTGREY|POSTMASTER|DOVECOT|LDAP|SASLAUTHD|OAUTH2|SA|SRS|LOGWATCH|LOGROTATE"
    r"|PFLOGSUMM|FAIL2BAN|FETCHMAIL|GETMAIL|CLAMAV|AMAVIS|DMS|REPORT|UPDATE|SUPERVISOR)_.*"
    r"|ACCOUNT_PROVISIONER|MARK_SPAM_AS_READ|MOVE_SPAM_TO_JUNK|NETWORK_INTERFACE|PERMIT_DOCKER|SMTP_ONLY|SPOOF_PROTECTION"
    r"|TLS_LEVEL|VIRUSMAILS_DELETE_DELAY|SPAMASSASSIN_SPAM_TO_INBOX"
)
"""What gets a default where it is set to nothing."""
_WORDS = pattern(r"status\.(podIP|hostIP)|metadata\.(name|namespace|uid)|spec\.(nodeName|serviceAccountName)")
"""Fields of a pod that hold no blank (https://kubernetes.io/docs/concepts/workloads/pods/downward-api/)."""


class StartEnvironment:
    """Of a container of docker-mailserver: text by name, HOLE for what is not known, None for what is not set."""

    def __init__(self, container: Container) -> None:
        self._container = container

    def of_the_script(self, name: str) -> str | None:
        """What user-patches.sh finds."""
        found = self.of_the_container(name)
        if name == "HOSTNAME":
            return self.of_the_container("OVERRIDE_HOSTNAME") or WORD
        if found == "" and name not in _EMPTY_STAYS and _ITS_OWN.fullmatch(name):
            return HOLE
        return found

    def of_the_container(self, name: str) -> str | None:
        """What a command finds that Kubernetes runs in the container."""
        try:
            setting = self._container.environment(name)
            if setting.account.doubts:
                return HOLE
        except Missing:
            return self._where_unset(name)
        except (Malformed, UnknownValueError):
            return self._word(name)
        # What is secret is no text of a script's, for it could be shown there.
        text = HOLE if setting.sensitive else flat(setting.value)
        return self._word(name) if text == HOLE else text

    def _where_unset(self, name: str) -> str | None:
        if name == "HOSTNAME":
            return WORD
        start = Start(self._container)
        known = start.image is not None and start.image.is_known(start.reference)
        if not known or _SET_BY_OTHERS.fullmatch(name):
            return HOLE
        return _IMAGES.get(name)

    def _word(self, name: str) -> str:
        """Of a variable that cannot be known: whether it is one word all the same."""
        for block in reversed(self._container.body.blocks("env")):
            own = block.body.attribute("name")
            if own is None or not isinstance(own.raw, str):
                return HOLE
            if own.raw == name:
                paths = [reference.body.attribute("field_path") for source in block.body.blocks("value_from")
                         for reference in source.body.blocks("field_ref")]  # fmt: skip
                path = paths[0].raw if len(paths) == 1 and paths[0] is not None else None
                return WORD if isinstance(path, str) and _WORDS.fullmatch(path) else HOLE
        return HOLE
