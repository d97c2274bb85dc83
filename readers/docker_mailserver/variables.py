"""What docker-mailserver's start-up takes its environment for: defaults, switches and files that hold a value.

Source: ``target/scripts/startup/variables-stack.sh`` (``__environment_variables_general_setup``) and
``start-mailserver.sh`` (``_register_functions``) of docker-mailserver 15;
``__environment_variables_from_files`` of 15.1.
"""

from __future__ import annotations

from msgspec.structs import replace

from readers import Missing
from readers.account import Account, Remark, Setting
from readers.kubernetes import Container
from readers.kubernetes.starting import Start
from tfparse.cty.numbers import whole
from tfparse.cty.values import Unknown, string
from tfparse.diagnostics import Origin, UnknownValueError
from tfparse.patterns import pattern

DEFAULTS = {
    "ACCOUNT_PROVISIONER": "FILE", "DEFAULT_RELAY_HOST": "", "ENABLE_AMAVIS": "1", "ENABLE_DNSBL": "0",
    "ENABLE_MTA_STS": "0", "ENABLE_OPENDKIM": "1", "ENABLE_OPENDMARC": "1", "ENABLE_POLICYD_SPF": "1",
    "ENABLE_POSTGREY": "0", "ENABLE_QUOTAS": "1", "ENABLE_RSPAMD": "0", "ENABLE_SASLAUTHD": "0", "ENABLE_SRS": "0",
    "NETWORK_INTERFACE": "eth0", "PERMIT_DOCKER": "none", "POSTFIX_DAGENT": "", "POSTFIX_INET_PROTOCOLS": "all",
    "POSTFIX_MAILBOX_SIZE_LIMIT": "0", "POSTFIX_MESSAGE_SIZE_LIMIT": "10240000",
    "POSTFIX_REJECT_UNKNOWN_CLIENT_HOSTNAME": "0", "POSTSCREEN_ACTION": "enforce", "RELAY_HOST": "",
    "RELAY_PASSWORD": "", "RELAY_USER": "", "SMTP_ONLY": "0", "SPOOF_PROTECTION": "0",
    "SRS_SENDER_CLASSES": "envelope_sender", "SSL_TYPE": "", "TLS_LEVEL": "modern",
}  # fmt: skip
"""What counts where a variable is not set, or set to nothing (``:=``)."""

_FILE = "__FILE"
_READS_FILES = pattern(r"15\.[1-9].*|1[6-9].*|15|latest|edge")
_NUMBER = pattern(r"\s*([+-]?)(0[xX][0-9a-fA-F]+|0[0-7]*|[1-9][0-9]*)\s*")
_WORD = pattern(r"\s*(true|false|yes|no|on|off|enabled|disabled)?\s*")


def variable(container: Container, name: str) -> Setting | None:
    """A variable as the start-up finds it: from the environment, or else from the file that ``NAME__FILE`` names.

    Raises:
        UnknownValueError: something may set it to another value.
    """
    try:
        found: Setting | None = container.environment(name)
    except Missing:
        found = from_file(container, name)
    if found is not None:
        found.account.settled(f"{name} is declared")
    return found


def effective(container: Container, name: str) -> Setting:
    """A variable as the program of the container finds it.

    Raises:
        Missing, UnknownValueError: as :meth:`Container.environment` does.
    """
    try:
        return container.environment(name)
    except Missing:
        image = Start(container).image
        found = from_file(container, name) if image is not None and image.reads_files else None
        if found is None:
            raise
        return found


def from_file(container: Container, name: str) -> Setting | None:
    """The value that ``NAME__FILE`` gives a variable that is not set; None where there is none.

    Raises:
        UnknownValueError: the file is mounted from what is not known.
    """
    try:
        path = container.environment(name + _FILE)
    except Missing:
        return None
    file = container.mounted(path.text)
    if file is None:
        return None  # the start-up only warns of it
    reference = Start(container).reference
    tag = None if reference is None else reference[2]
    remarks: tuple[Remark, ...] = ()
    if tag is not None and not _READS_FILES.fullmatch(tag):
        remarks = (Remark(f"{name}{_FILE} is read from version 15.1 on, and {tag} is declared", path.origin),)
    value = file.value
    if not value.is_unknown:
        value = string(value.as_string().rstrip("\n"), value.origin).marked(value.marks)
    account = path.account + Account(("a file that holds the value",), remarks)
    return Setting(name, value, f"the file {path.shown} that {name}{_FILE} names", file.origin or path.origin,
                   file.ignored, account)  # fmt: skip


def taken(container: Container, name: str) -> Setting:
    """A variable, or its default where it is not set or empty."""
    found = variable(container, name)
    if found is None:
        return Setting(name, string(DEFAULTS[name]), "docker-mailserver's default", container.origin)
    empty = found.value.unknown is None and not found.text
    return replace(found, value=string(DEFAULTS[name], found.origin)) if empty else found


def is_on(container: Container, name: str) -> bool:
    """Whether bash's ``[[ ${NAME} -eq 1 ]]`` holds.

    Raises:
        UnknownValueError: the value is not known, or is arithmetic beyond a number or a plain word.
    """
    return _number(container, name) == 1


def is_off(container: Container, name: str) -> bool:
    """Whether ``[[ ${NAME} -eq 0 ]]`` holds; raises as :func:`is_on` does."""
    return _number(container, name) == 0


def _number(container: Container, name: str) -> int:
    found = taken(container, name)
    text = found.text
    number = _NUMBER.fullmatch(text)
    if number is not None:
        digits = number[2]
        base = 16 if digits[:2].lower() == "0x" else 8 if digits.startswith("0") else 10
        return (whole(digits) if base == 10 else int(digits, base)) * (-1 if number[1] == "-" else 1)
    if _WORD.fullmatch(text):
        return 0  # the name of a variable that is not set is 0
    raise UnknownValueError(f"what bash makes of {name} = {found.shown} is not known here", found.origin)


def why_unknown(error: UnknownValueError, name: str, origin: Origin) -> Unknown:
    """The reason why what depends on a variable is not known."""
    return Unknown(f"{name} cannot be known: {error.reason}", error.origin or origin)
