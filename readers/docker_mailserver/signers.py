"""Which DKIM signer docker-mailserver runs, and whether it finds its keys.

Source: https://docker-mailserver.github.io/docker-mailserver/latest/config/best-practices/dkim_dmarc_spf/
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from msgspec import Struct

from readers import Malformed, Missing
from readers.docker_mailserver.postfix_setup import PostfixSetup
from readers.docker_mailserver.rspamd_setup import may_all_read
from readers.docker_mailserver.rspamd_started import overrides_left
from readers.docker_mailserver.variables import DEFAULTS, effective, is_on
from readers.kubernetes import Container, MountedFile
from readers.kubernetes.mounts import group_of_files
from readers.rspamd.dkim_signing import KeyPath, read_dkim_signing, read_key_table
from readers.rspamd.rspamadm import Overrides
from tfparse.diagnostics import Origin, UnknownValueError


class Signer(Struct, frozen=True):
    """A program that signs, and how to tell: it is on while ``switch`` ("ENABLE_RSPAMD = 1") holds, for which
    ``default`` counts where the variable is not set.  Keys that its ``configuration`` names under
    ``named_under`` are those mounted under ``mounted_under``."""

    name: str
    switch: str
    default: str
    configuration: str
    named_under: str
    mounted_under: str


def switched_on(container: Container, signers: Sequence[Signer]) -> list[Signer]:
    """The signers that are on.  Missing where none is: then nobody signs."""
    found = [signer for signer in signers if _is_on(container, signer)]
    if not found:
        raise Missing("DKIM signer that is on", container.label, container.origin)
    return found


def _is_on(container: Container, signer: Signer) -> bool:
    """As bash takes its switch: "01" is on too; what is set to nothing counts as not set."""
    variable, _, value = signer.switch.partition(" = ")
    if variable in DEFAULTS and value == "1" and signer.default == DEFAULTS[variable]:
        return is_on(container, variable)
    try:
        return effective(container, variable).text == value
    except Missing:
        return signer.default == value


def key_files(container: Container, signer: Signer) -> Iterator[tuple[KeyPath, MountedFile]]:
    """The keys that a signer's configuration names, each with the file that the container finds there.

    Missing where the configuration or a key is not mounted, or no key is named.
    """
    configuration = _configuration(container, signer)
    keys = _keys(signer, configuration)
    if not keys:
        raise Missing("key", signer.configuration, configuration.origin)
    for key in keys:
        if "$" in key.path:
            raise UnknownValueError(f"{signer.name} fills in {key.path} when it signs", key.origin)
        if not key.path.startswith(signer.named_under):
            raise Missing(f"key {key.path}", f"{signer.named_under}, where {signer.name} finds its keys", key.origin)
        path = signer.mounted_under + key.path.removeprefix(signer.named_under)
        yield key, _readable(container, _key_file(container, path, key.origin), signer, key)


def merged_keys(container: Container, overrides: Overrides) -> Iterator[tuple[KeyPath, MountedFile]]:
    """The keys that dkim_signing names once Rspamd has merged it, each with the file that is found there.

    Missing where it names none, or one that is not there.
    """
    own = overrides.texts.get("dkim_signing.conf")
    at = own.origin if own is not None else container.origin
    keys = read_dkim_signing(overrides.section("dkim_signing")).keys
    if not keys:
        raise Missing("key", "dkim_signing, as Rspamd merges it", at)
    for key in keys:
        if "$" in key.path:
            raise UnknownValueError(f"Rspamd fills in {key.path} when it signs", at)
        yield key, _key_file(container, key.path, at, ", which rspamadm shows in dkim_signing,")


def _key_file(container: Container, path: str, named: Origin | None, shown: str = "") -> MountedFile:
    try:
        return PostfixSetup(container).files.required(path)
    except Missing as error:
        raise Missing(f"file for the key {path}{shown}", error.looked_in, named) from None


def _configuration(container: Container, signer: Signer) -> MountedFile:
    """What the signer reads: of Rspamd's overrides, what the start-up makes of them."""
    if signer.name != "Rspamd":
        return container.file(signer.configuration)
    directory, _, name = signer.configuration.rpartition("/")
    found = overrides_left(container, directory, name).get(name)
    return container.file(signer.configuration) if found is None else found


def _readable(container: Container, file: MountedFile, signer: Signer, key: KeyPath) -> MountedFile:
    """A key as the signer finds it.  OpenDKIM's is a copy that root makes; Rspamd reads the mount as user _rspamd."""
    if signer.name == "Rspamd" and not may_all_read(file):
        group = group_of_files(container)
        if group is not None:
            problem = f"whether user _rspamd is in the group {group.shown}, which may read {key.path}, is not known"
            raise UnknownValueError(problem, group.origin)
        problem = f"permission for user _rspamd to read {key.path} (mode {file.mode:04o}, and the mount is read-only)"
        raise Missing(problem, file.source, file.mount_origin)
    return file


def _keys(signer: Signer, configuration: MountedFile) -> Sequence[KeyPath]:
    if signer.name == "OpenDKIM":
        return read_key_table(configuration.value)
    if signer.name != "Rspamd":
        raise Malformed(f"signer {signer.name}", "only Rspamd and OpenDKIM are known here")
    signing = read_dkim_signing(configuration.value)
    if not signing.enabled:
        raise Missing("signing that is enabled", signer.configuration, configuration.origin)
    return signing.keys
