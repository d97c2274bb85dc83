"""The two mail policies that a domain publishes in TXT records: DMARC and SPF.

DMARC is read as RFC 7489 and its successor, RFC 9989, read it where they agree, and as the weaker of the
two where they do not.  SPF is read as RFC 7208 reads it, without asking DNS.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Mapping
from types import MappingProxyType

from msgspec import Struct

from readers import Malformed
from tfparse.cty.numbers import whole
from tfparse.patterns import pattern

# -- DMARC ----------------------------------------------------------------------------------------

POLICIES = ("none", "quarantine", "reject")
"""What a domain can ask receivers to do, from the weakest to the strictest."""

_DMARC = pattern(r"[vV][ \t]*=[ \t]*DMARC1[ \t]*(?:;|$)")
_TAG = pattern(r"(?P<name>[A-Za-z][A-Za-z0-9_]*)[ \t]*=[ \t]*(?P<value>.+)", re.DOTALL)
_REPORT_URI = pattern(r"[A-Za-z][A-Za-z0-9+.-]*:[^\s,;!]+(?:![0-9]+[kmgtKMGT]?)?")


class Dmarc(Struct, frozen=True):
    """A DMARC policy record.

    ``tags``: as written, by lower-case name.  ``policy``, ``subdomain_policy`` and ``np`` (for subdomains
    that do not exist): what receivers act on, one of :data:`POLICIES`.  ``pct``: percentage of the mail
    that the policy applies to (RFC 7489 only).  ``testing``: ``t=y`` asks receivers to apply the policy one
    level weaker (RFC 9989 only).  ``problems``: what is wrong with the record, in words.
    """

    tags: Mapping[str, str]
    policy: str
    subdomain_policy: str
    np: str
    pct: int
    testing: bool
    problems: tuple[str, ...]


def is_dmarc(text: str) -> bool:
    """Whether a TXT record is a DMARC record at all: ``v=DMARC1`` first and exact (RFC 7489, section 6.6.3)."""
    return _DMARC.match(text) is not None


def stricter_or_same(policy: str, floor: str) -> bool:
    """Whether ``policy`` asks for at least what ``floor`` asks for."""
    return POLICIES.index(policy) >= POLICIES.index(floor)


def parse_dmarc(text: str) -> Dmarc:
    """A DMARC record (RFC 7489, sections 6.3 and 6.4; RFC 9989, sections 4.7 and 4.8).

    Tag names and the values of ``p``, ``sp``, ``np`` and ``t`` are case-insensitive; unknown tags and
    parts with a syntax error are ignored.  Without a valid ``p``, or with an invalid ``sp`` or ``np``,
    receivers act as on ``p=none`` (or, lacking a valid ``rua``, do nothing, which is as weak).
    Malformed: no DMARC record, or a tag given twice, of which receivers make different things.
    """
    if not is_dmarc(text):
        raise Malformed("DMARC record", f'does not start with "v=DMARC1": "{text}"')
    tags, problems = _tags(text)
    requests = {name: tags[name].lower() for name in ("p", "sp", "np") if name in tags}
    problems += [f'"{name}={tags[name]}" is no policy' for name, value in requests.items() if value not in POLICIES]
    if "p" not in requests:
        problems.append('there is no "p" tag')
    if "p" not in requests or not set(requests.values()) <= set(POLICIES):
        applied = _has_report_uri(tags.get("rua", ""))
        problems.append("so receivers act as on p=none" if applied else "so receivers ignore the record")
        requests = {"p": "none"}
    subdomains = requests.get("sp", requests["p"])
    pct = tags.get("pct", "100")
    if not (re.fullmatch("[0-9]{1,3}", pct) and int(pct) <= 100):
        problems.append(f'"pct={pct}" is no percentage, so it counts as 100')
        pct = "100"
    testing = tags.get("t", "n").lower() == "y"
    return Dmarc(MappingProxyType(tags), requests["p"], subdomains, requests.get("np", subdomains), int(pct), testing,
                 tuple(problems))  # fmt: skip


def _tags(text: str) -> tuple[dict[str, str], list[str]]:
    tags: dict[str, str] = {}
    problems: list[str] = []
    parts = [part.strip(" \t\r\n") for part in text.split(";")]
    for part in parts[:-1] if not parts[-1] else parts:
        found = _TAG.fullmatch(part)
        if found is None:
            problems.append(f'"{part}" is no tag=value')
        elif (name := found["name"].lower()) in tags:
            raise Malformed("DMARC record", f'the tag "{name}" is given twice: "{text}"')
        else:
            tags[name] = found["value"]
    return tags, problems


def _has_report_uri(rua: str) -> bool:
    return any(_REPORT_URI.fullmatch(uri.strip(" \t")) for uri in rua.split(","))


# -- SPF ------------------------------------------------------------------------------------------

_SPF = pattern(r"v=spf1(?= |$)", re.IGNORECASE)
_TERM = pattern(r"(?P<qualifier>[-+?~]?)(?P<name>[A-Za-z][A-Za-z0-9_.-]*)(?P<separator>[:=/]?)(?P<value>.*)", re.DOTALL)
_MACRO = r"%(?:\{[slodiphv][0-9]*r?[-.+,/_=]*\}|%|_|-)"  # c, r and t are for explanations only (section 7.2)
_CHARACTER = r"[\x21-\x24\x26-\x7e]"
_MACRO_STRING = pattern(rf"(?:{_MACRO}|%\{{[crt][0-9]*r?[-.+,/_=]*\}}|{_CHARACTER})*", re.IGNORECASE)
_DOMAIN_SPEC = pattern(rf"(?:{_MACRO}|{_CHARACTER})*", re.IGNORECASE)
_DOMAIN_END = pattern(rf"{_MACRO}$|\.(?!-|[0-9]+\.?$)[A-Za-z0-9-]*[A-Za-z0-9]\.?$", re.IGNORECASE)
_CIDR = pattern(r"(?:/(?P<v4>0|[1-9][0-9]?))?(?://(?P<v6>0|[1-9][0-9]{0,2}))?$")
_NEEDS_DOMAIN = frozenset({"include", "exists"})
_TAKES_CIDR = frozenset({"a", "mx"})
_MECHANISMS = _NEEDS_DOMAIN | _TAKES_CIDR | {"all", "ptr", "ip4", "ip6"}


class Mechanism(Struct, frozen=True):
    """``-include:example.com``: qualifier ``-``, name ``include``, value ``example.com`` (a macro stays as it
    is written), cidr the prefix length as written (``/24``, ``//64``) or empty.  ``+`` is the default qualifier."""

    qualifier: str
    name: str
    value: str
    cidr: str = ""


class Spf(Struct, frozen=True):
    """An SPF record: all its mechanisms in order, and its modifiers by lower-case name."""

    mechanisms: tuple[Mechanism, ...]
    modifiers: Mapping[str, str]

    @property
    def effective(self) -> tuple[Mechanism, ...]:
        """The mechanisms that a check can reach: none behind ``all`` is ever evaluated (section 5.1)."""
        end = next((i + 1 for i, m in enumerate(self.mechanisms) if m.name == "all"), None)
        return self.mechanisms[:end]

    @property
    def includes(self) -> tuple[str, ...]:
        """The domains whose senders the record authorises by an ``include`` that passes, in lower case."""
        return tuple(_domain(m.value) for m in self.effective if m.name == "include" and m.qualifier == "+")

    @property
    def all(self) -> str | None:
        """The qualifier of ``all``; None without one, when the result is neutral or the redirect's."""
        return next((m.qualifier for m in self.effective if m.name == "all"), None)

    @property
    def redirect(self) -> str | None:
        """The domain whose record decides what no mechanism matches; ignored beside ``all`` (section 6.1)."""
        target = self.modifiers.get("redirect")
        return None if target is None or self.all is not None else _domain(target)

    @property
    def domains(self) -> tuple[str, ...]:
        """Every domain that the record names anywhere, evaluated or not, in lower case."""
        named = [m.value for m in self.mechanisms if m.value and m.name not in ("ip4", "ip6")]
        named += [self.modifiers[name] for name in ("redirect", "exp") if name in self.modifiers]
        return tuple(map(_domain, named))


def is_spf(text: str) -> bool:
    """Whether a TXT record is an SPF record: ``v=spf1``, then a space or the end (RFC 7208, section 4.5)."""
    return _SPF.match(text) is not None


def parse_spf(text: str) -> Spf:
    """An SPF record (RFC 7208, section 12).  What a receiver answers with permerror is Malformed."""
    version = _SPF.match(text)
    if version is None:
        raise Malformed("SPF record", f'does not start with "v=spf1": "{text}"')
    mechanisms: list[Mechanism] = []
    modifiers: dict[str, str] = {}
    for word in text[version.end() :].split(" "):
        if not word:
            continue
        term = _TERM.fullmatch(word)
        if term is None:
            raise _permerror(word, "is no term")
        if term["separator"] == "=" and not term["qualifier"]:
            _add_modifier(modifiers, term["name"].lower(), term["value"], word)
        else:
            mechanisms.append(_mechanism(term, word))
    return Spf(tuple(mechanisms), MappingProxyType(modifiers))


def _add_modifier(modifiers: dict[str, str], name: str, value: str, word: str) -> None:
    if name in ("redirect", "exp"):
        if name in modifiers:
            raise _permerror(word, "is given twice")
        _check_domain(value, word)
    elif not _MACRO_STRING.fullmatch(value):
        raise _permerror(word, "has a value that is no macro-string")
    modifiers[name] = value


def _mechanism(term: re.Match[str], word: str) -> Mechanism:
    name = term["name"].lower()
    separator, value = term["separator"], term["value"]
    if name not in _MECHANISMS or separator == "=":
        raise _permerror(word, "is no mechanism that SPF has")
    cidr = ""
    if name in _TAKES_CIDR:
        value, cidr, separator = _split_cidr(separator, value, word)
    elif separator == "/":
        raise _permerror(word, "takes no prefix length")
    if name in ("ip4", "ip6"):
        _check_network(name, value, word)
    elif name == "all" and separator:
        raise _permerror(word, "takes no domain")
    elif separator or name in _NEEDS_DOMAIN:
        _check_domain(value, word)
    return Mechanism(term["qualifier"] or "+", name, value, cidr)


def _split_cidr(separator: str, value: str, word: str) -> tuple[str, str, str]:
    """``a:example.com/24//64`` and ``a/24`` into domain, prefix lengths and the separator that is left."""
    if separator == "/":
        value, separator = "/" + value, ""
    slash = re.search(r"/[0-9/]*$", value)
    cidr = slash[0] if slash else ""
    found = _CIDR.fullmatch(cidr)
    if found is None or whole(found["v4"] or "0") > 32 or whole(found["v6"] or "0") > 128:
        raise _permerror(word, "has a bad prefix length")
    rest = value.removesuffix(cidr) if cidr else value
    if rest and not separator:
        raise _permerror(word, "has a bad prefix length")
    return rest, cidr, separator


def _check_network(name: str, value: str, word: str) -> None:
    try:
        if re.search(r"/(?:0[0-9]|[^/]*[^0-9/])", value):
            raise ValueError("a prefix length is a decimal number")
        network = ipaddress.ip_network(value, strict=False)
    except ValueError as error:
        raise _permerror(word, f"has a bad address ({error})") from None
    if network.version != int(name[-1]):
        raise _permerror(word, f"has an address that is not IPv{name[-1]}")


def _check_domain(value: str, word: str) -> None:
    if not _DOMAIN_SPEC.fullmatch(value) or not _DOMAIN_END.search(value):
        raise _permerror(word, "has no valid domain")


def _domain(spec: str) -> str:
    return spec.lower().removesuffix(".")


def _permerror(word: str, problem: str) -> Malformed:
    return Malformed("SPF record", f'"{word}" {problem}')
