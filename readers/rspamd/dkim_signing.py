"""Which DKIM keys the signers read: Rspamd's ``dkim_signing.conf`` and OpenDKIM's ``KeyTable``."""

from __future__ import annotations

from msgspec import Struct

from readers import Malformed
from readers.rspamd.ucl import Entry, Section, read_ucl
from tfparse.cty.values import HOLE, Value
from tfparse.diagnostics import Origin, UnknownValueError


class KeyPath(Struct, frozen=True):
    """A private key file that a signer names.  ``domain`` and ``selector`` are None where the signer
    takes them from elsewhere; ``origin`` is the place of the path."""

    domain: str | None
    selector: str | None
    path: str
    origin: Origin | None


class DkimSigning(Struct, frozen=True):
    """Rspamd's dkim_signing module, as one file configures it."""

    section: Section

    @property
    def enabled(self) -> bool:
        """The ``enabled`` flag; without it Rspamd runs a module that is configured."""
        entry = self.section.only("enabled")
        return True if entry is None else entry.truth

    @property
    def selector(self) -> str | None:
        """The selector for domains that name none."""
        entry = self.section.only("selector")
        return None if entry is None else entry.text

    @property
    def keys(self) -> tuple[KeyPath, ...]:
        """Every ``path``: the top one (of any domain), then those of the ``domain`` sections, in order.

        ``$domain`` and ``$selector`` are filled in where the section fixes them; elsewhere they stay.
        """
        top = self._keys(self.section, None)
        sections = [e for outer in self.section.all("domain") for e in _sections(outer)]
        return tuple(top + [key for name, section in sections for key in self._keys(section, name)])

    def _keys(self, section: Section, domain: str | None) -> list[KeyPath]:
        """The paths of one section, and of its ``selectors`` array, where every selector has a key."""
        entry = section.only("selector")
        selector = self.selector if entry is None else entry.text
        keys = [_key(path, domain, selector) for path in [section.only("path")] if path is not None]
        several = section.only("selectors")
        if several is not None and not isinstance(several.value, str):
            for _, one in _sections(several):
                keys += self._keys(one, domain)
        return keys


def read_dkim_signing(text: Value) -> DkimSigning:
    """Rspamd's dkim_signing.conf (https://rspamd.com/doc/modules/dkim_signing.html).

    Raises:
        Malformed: the text, or that of a property, is not UCL as :mod:`readers.rspamd.ucl` reads it.
    """
    return DkimSigning(read_ucl(text, "dkim_signing.conf"))


def _sections(outer: Entry) -> list[tuple[str, Section]]:
    inner = outer.value.entries if isinstance(outer.value, Section) else outer.value
    if isinstance(inner, str) or not all(isinstance(e.value, Section) for e in inner):
        raise Malformed("dkim_signing.conf", f'"{outer.key}" is expected to hold sections', outer.origin)
    return [(e.key, e.value) for e in inner if isinstance(e.value, Section)]


def _key(entry: Entry, domain: str | None, selector: str | None) -> KeyPath:
    path = entry.text
    for name, value in (("domain", domain), ("selector", selector)):
        if value is not None:
            path = path.replace(f"${name}", value)
    return KeyPath(domain, selector, path, entry.origin)


def read_key_table(text: Value) -> tuple[KeyPath, ...]:
    """OpenDKIM's KeyTable: lines of ``name domain:selector:key`` (opendkim.conf(5), KeyTable).

    A key that does not start with ``/``, ``./`` or ``../`` is the key itself, and is left out. ``%`` for the
    sender's domain gives domain None. Malformed: a line of another shape.

    Raises:
        UnknownValueError: the table is not wholly known.
    """
    keys: list[KeyPath] = []
    for line in text.lines():
        content = line.text.partition("#")[0].strip()
        if HOLE in content and line.unknown is not None:
            raise UnknownValueError(line.unknown.reason, line.unknown.origin or line.origin)
        if not content:
            continue
        name, _, rest = content.replace("\t", " ").partition(" ")
        fields = rest.strip().split(":", 2)
        if len(fields) < 3 or not all(fields):
            raise Malformed("KeyTable", f'"{name}" is not followed by domain:selector:key', line.origin)
        domain, selector, key = fields
        if key.startswith(("/", "./", "../")):
            keys.append(KeyPath(None if domain == "%" else domain, selector, key, line.origin))
    return tuple(keys)
