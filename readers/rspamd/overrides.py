"""Rspamd's overrides, as a container has them mounted, and the DKIM keys that come of them.

Source: https://docker-mailserver.github.io/docker-mailserver/latest/config/security/rspamd/ (override.d)
"""

from __future__ import annotations

from collections.abc import Iterator

from readers import Missing
from readers.kubernetes import Container, MountedFile
from readers.rspamd.dkim_signing import KeyPath, read_dkim_signing
from readers.rspamd.rspamadm import Overrides
from tfparse.diagnostics import UnknownValueError


def merged_keys(container: Container, overrides: Overrides) -> Iterator[tuple[KeyPath, MountedFile]]:
    """The keys that dkim_signing names once Rspamd has merged it, each with the file that is mounted there.

    Missing where it names none, or one that is not mounted.
    """
    own = overrides.texts.get("dkim_signing.conf")
    at = own.origin if own is not None else container.origin
    keys = read_dkim_signing(overrides.section("dkim_signing")).keys
    if not keys:
        raise Missing("key", "dkim_signing, as Rspamd merges it", at)
    for key in keys:
        if "$" in key.path:
            raise UnknownValueError(f"Rspamd fills in {key.path} when it signs", at)
        try:
            yield key, container.file(key.path)
        except Missing as error:
            what = f"file for the key {key.path}, which rspamadm shows in dkim_signing,"
            raise Missing(what, error.looked_in, at) from None
