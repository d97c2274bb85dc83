"""What a text names, perhaps unknown in part: an image by its tag, hosts of a domain."""

from __future__ import annotations

from collections.abc import Sequence

from readers.account import Certainty
from readers.dns import is_in
from readers.dns.records import may_be_in
from readers.kubernetes.images import parse_image, pinned
from tfparse import Value
from tfparse.cty.text import flat
from tfparse.cty.values import HOLE
from tfparse.patterns import pattern

_HOSTS = pattern(rf"[\w.{HOLE}-]+")


def pinned_to(image: Value, tags: Sequence[str]) -> Certainty:
    """Whether an image reference has a digest, or one of the tags, in which ``N`` is any number.

    Raises:
        Malformed: it is no image reference.
    """
    if image.unknown is not None:
        return image.unknown
    return pinned(parse_image(image.as_string()), list(tags))


def names_host_in(value: Value, domain: str) -> Certainty:
    """Whether a host in the domain stands anywhere in a text: as a next hop, of a transport, in a list, in a record."""
    if value.unknown is not None and value.parts is None:
        return value.unknown
    hosts = _HOSTS.findall(flat(value))
    if any(is_in(host, domain) for host in hosts):
        return True
    return value.unknown if value.unknown is not None and any(may_be_in(host, domain) for host in hosts) else False
