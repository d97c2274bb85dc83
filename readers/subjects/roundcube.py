"""Roundcube's options: who sets them besides the program itself.

Sources: ``docker-entrypoint.sh`` of roundcubemail-docker (its variables, ``/var/roundcube/config``) and
Roundcube 1.6: ``rcube_config`` (``getenv_default``: ``ROUNDCUBE_`` and the option's name in capitals) and
``rcube_plugin::load_config``, which adds a plugin's file to all other options.
"""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from readers import Missing
from readers.account import NO_ACCOUNT, Account, Remark, Way, Weight, survey
from readers.kubernetes import Container
from readers.kubernetes.starting import Start
from readers.subjects.php import assignments
from tfparse.cty.values import REDACTED
from tfparse.diagnostics import Origin
from tfparse.patterns import pattern

FOLDER = "/var/roundcube/config"
"""Each ``*.php`` in it is included, by name, last of all."""

HOME = "/var/www/html"
_OWN = pattern(rf"{FOLDER}/[^/]+\.php|{HOME}/(config/(config|defaults)|plugins/[^/]+/config)\.inc\.php")
"""The files of options: a plugin's, too, may set any (``rcube_plugin::load_config``)."""

READ = frozenset({
    "ROUNDCUBEMAIL_ASPELL_DICTS", "ROUNDCUBEMAIL_COMPOSER_PLUGINS", "ROUNDCUBEMAIL_COMPOSER_PLUGINS_FOLDER",
    "ROUNDCUBEMAIL_DB_DIR", "ROUNDCUBEMAIL_DB_HOST", "ROUNDCUBEMAIL_DB_NAME", "ROUNDCUBEMAIL_DB_PASSWORD",
    "ROUNDCUBEMAIL_DB_PASSWORD_FILE", "ROUNDCUBEMAIL_DB_PORT", "ROUNDCUBEMAIL_DB_TYPE", "ROUNDCUBEMAIL_DB_USER",
    "ROUNDCUBEMAIL_DB_USER_FILE", "ROUNDCUBEMAIL_DEFAULT_HOST", "ROUNDCUBEMAIL_DEFAULT_PORT", "ROUNDCUBEMAIL_DES_KEY",
    "ROUNDCUBEMAIL_DES_KEY_FILE", "ROUNDCUBEMAIL_DSNR", "ROUNDCUBEMAIL_DSNW", "ROUNDCUBEMAIL_LOCALE",
    "ROUNDCUBEMAIL_OAUTH_CLIENT_SECRET", "ROUNDCUBEMAIL_OAUTH_CLIENT_SECRET_FILE", "ROUNDCUBEMAIL_PLUGINS",
    "ROUNDCUBEMAIL_REQUEST_PATH", "ROUNDCUBEMAIL_SKIN", "ROUNDCUBEMAIL_SMTP_PORT", "ROUNDCUBEMAIL_SMTP_SERVER",
    "ROUNDCUBEMAIL_SPELLCHECK_URI", "ROUNDCUBEMAIL_TEMP_DIR", "ROUNDCUBEMAIL_UPLOAD_MAX_FILESIZE",
    "ROUNDCUBEMAIL_USERNAME_DOMAIN",
})  # fmt: skip
"""The variables that the image's entry point reads."""


def unread(container: Container, variable: str) -> Account:
    """A note where nobody reads a variable of Roundcube's image."""
    if not variable.startswith("ROUNDCUBEMAIL_") or variable in READ:
        return NO_ACCOUNT
    image = Start(container).image
    if image is None or not any(name.startswith("roundcube/") for _, name in image.repositories):
        return NO_ACCOUNT
    text = f"the image's entry point does not read {variable}; what sets Roundcube's own option is looked at besides"
    return Account(("who reads it",), (Remark(text, None, Weight.NOTE),))


class Given(Struct, frozen=True):
    """What gives an option its value: by a variable or a file, with its place; a ``value`` of None is not known."""

    value: str | None
    by: str
    origin: Origin | None
    sensitive: bool

    @property
    def shown(self) -> str:
        """What it is set to, and by whom, as a report may show it."""
        return f"{REDACTED if self.sensitive else self.value} by {self.by}"


def given(container: Container, option: str) -> Iterator[Given]:
    """Who sets an option, the last to win last.

    Raises:
        UnknownValueError: files may be mounted that are not known.
    """
    name = f"ROUNDCUBE_{option.upper()}"
    for file in [*container.files_under(HOME, claims=False), *container.files_under(FOLDER)]:
        if _OWN.fullmatch(file.what):
            of_it = (found for found in assignments(file.value) if found.may_set(option))
            yield from (Given(found.value, file.what, found.origin, file.sensitive) for found in of_it)
    try:
        found = container.environment(name)
        yield Given(None if found.value.unknown is not None else found.text, f"the variable {name}", found.origin,
                    found.sensitive)  # fmt: skip
    except Missing:
        return


def is_harmless(text: str, harmless: str) -> bool:
    """Whether a value is the harmless one, as PHP takes it: of ``false``, each that is false."""
    text = text.strip().strip("'\"").lower()
    return text == harmless or (harmless == "false" and text in ("", "0", "off", "no", "null"))


def _files(container: Container) -> Iterator[Remark]:
    """Only what cannot be known, which this raises; :func:`given` reads the rest."""
    container.files_under(FOLDER)
    return iter(())


def account(container: Container) -> Account:
    """What could set an option besides, and is not read."""
    return survey(WAYS, container) + container.start()


_SOURCE = "docker-entrypoint.sh of roundcubemail-docker"
WAYS: tuple[Way[Container], ...] = (
    Way("Roundcube option",
        "files in /var/roundcube/config, its own and its plugins' config.inc.php, and ROUNDCUBE_ variables",
        _SOURCE + "; rcube_config::getenv_default and rcube_plugin::load_config of Roundcube 1.6", _files),
    Way("Roundcube option", "what an older version left in its volume", _SOURCE, None,
        "what a volume holds is not in the repo; the entry point writes the configuration anew"),
)  # fmt: skip
