"""References to container images, as a container runtime reads them.

Source: the grammar and the normalisation of github.com/distribution/reference (``reference.go``,
``normalize.go``), which Docker, containerd and the kubelet share.
"""

from __future__ import annotations

import re

from msgspec import Struct

from readers import Malformed
from tfparse.cty.values import Unknown, Value
from tfparse.diagnostics import UnknownValueError
from tfparse.patterns import pattern

_DEFAULT_REGISTRY = "docker.io"
_LEGACY_REGISTRY = "index.docker.io"
_OFFICIAL = "library/"
_LONGEST_REPOSITORY = 255

_LABEL = r"(?:[a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9])"
_REGISTRY = rf"(?:{_LABEL}(?:\.{_LABEL})*|\[[a-fA-F0-9:]+\])(?::[0-9]+)?"
_COMPONENT = r"[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*"
_REFERENCE = pattern(
    rf"(?P<name>(?:{_REGISTRY}/)?{_COMPONENT}(?:/{_COMPONENT})*)"
    r"(?::(?P<tag>[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}))?"
    r"(?:@(?P<digest>[A-Za-z][A-Za-z0-9]*(?:[-_+.][A-Za-z][A-Za-z0-9]*)*:[0-9a-fA-F]{32,}))?"
)
_IDENTIFIER = pattern(r"[a-f0-9]{64}")
_HEX_LENGTH = {"sha256": 64, "sha384": 96, "sha512": 128}


class ImageReference(Struct, frozen=True):
    """``nginx:1.27`` is registry ``docker.io``, repository ``library/nginx``, tag ``1.27``, digest None.

    ``tag`` and ``digest`` are None where the reference has none; of two, the digest decides what is pulled.
    """

    registry: str
    repository: str
    tag: str | None
    digest: str | None


def parse_image(text: str) -> ImageReference:
    """An image reference, normalised (Docker Hub's ``library/`` made explicit).  Malformed if it is none."""
    found = _REFERENCE.fullmatch(text)
    if found is None or _IDENTIFIER.fullmatch(text):
        raise Malformed("image reference", f'"{text}" is no image reference')
    registry, repository = _split_registry(found["name"])
    if len(repository) > _LONGEST_REPOSITORY:
        raise Malformed("image reference", f'"{text}" has a repository longer than {_LONGEST_REPOSITORY} characters')
    return ImageReference(registry, repository, found["tag"], _checked_digest(found["digest"], text))


def _split_registry(name: str) -> tuple[str, str]:
    """The first component is a registry if it could be a host: it has a dot, a colon, an upper-case letter,
    or is ``localhost``."""
    first, slash, rest = name.partition("/")
    is_registry = slash and (first == "localhost" or re.search(r"[.:A-Z]", first))
    registry, repository = (first, rest) if is_registry else (_DEFAULT_REGISTRY, name)
    if registry == _LEGACY_REGISTRY:
        registry = _DEFAULT_REGISTRY
    if registry == _DEFAULT_REGISTRY and "/" not in repository:
        repository = _OFFICIAL + repository
    return registry, repository


def _checked_digest(digest: str | None, text: str) -> str | None:
    """Of the algorithms that are registered, the hex part has a fixed length and is in lower case."""
    if digest is not None:
        algorithm, _, hexadecimal = digest.partition(":")
        if not re.fullmatch(rf"[a-f0-9]{{{_HEX_LENGTH.get(algorithm, 0)}}}", hexadecimal):
            raise Malformed("image reference", f'"{text}" has a bad digest')
    return digest


def runs(image: Value, repository: str) -> bool:
    """Whether an image reference is of ``repository``, written as for ``docker pull`` ("roundcube/roundcubemail").

    Of a reference that is partly unknown the part before the tag is enough; UnknownValueError without it.
    """
    known = ""
    for part in image.text_parts():
        if isinstance(part.text, Unknown):
            name = re.match(r"(.*/)?[^/:@]+(?=(:[^/]*|@.*)$)", known)
            if name is None:
                raise UnknownValueError(part.text.reason, part.text.origin or image.origin)
            known = name[0]
            break
        known += part.text
    try:
        wanted, found = parse_image(repository), parse_image(known)
    except Malformed:
        return False
    return (wanted.registry, wanted.repository) == (found.registry, found.repository)


def pinned(image: ImageReference, tags: list[str]) -> bool:
    """Whether a reference has a digest, or a tag that fits one of ``tags``, in which ``N`` is any number."""
    if image.digest is not None:
        return True
    patterns = (re.escape(tag).replace("N", "[0-9]+") for tag in tags)
    return image.tag is not None and any(re.fullmatch(pattern, image.tag) for pattern in patterns)
