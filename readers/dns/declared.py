"""DNS records that Terraform resources declare, of every provider that :mod:`readers.dns.providers` lists."""

from __future__ import annotations

import re
from collections.abc import Iterator

import dns.exception
import dns.name
import dns.rdata
import dns.rdataclass
from msgspec import Struct

from readers import Malformed
from readers.dns.providers import ANSWERED_AS, CALLED, FORMS, RecordForm, Txt
from readers.dns.records import Record, normal_name, rdata_text, txt_content, txt_words
from tfparse.cty.numbers import whole
from tfparse.cty.text import flat
from tfparse.cty.values import HOLE, SECRET, Unknown, Value
from tfparse.graph.model import Block, Body, IgnoredPath, Resource
from tfparse.patterns import pattern

_ALIAS = "it is an alias: what it is answered with is not in the repo"
_ROUTING = "the provider routes the mail of the zone, and sets its MX records"
_EMPTY = "what an empty name is to {}, its documentation does not say"
_PROXIED = ("A", "AAAA", "CNAME")
_PREFERENCE = pattern(rf"([0-9]+|{HOLE})\s+(.*)", re.DOTALL)


class Draft(Struct, frozen=True):
    """The records of one resource before it is known which zone they go into.

    ``name`` is as written, in lower case; ``zone`` the argument that says which zone; ``doubt`` why there may be none.
    """

    resource: Resource
    form: RecordForm
    name: str
    zone: Value | None
    doubt: Unknown | None = None

    def is_in(self, domain: str) -> bool:
        """Whether the name as written is the domain or one in it, so that the zone is this or one about it."""
        known = self.name.rpartition(HOLE)[2].rstrip(".")
        return (known == domain and HOLE not in self.name) or known.endswith(f".{domain}")

    def records(self, zone: str, doubt: Unknown | None = None) -> list[Record]:
        """The records, in a zone; ``doubt`` is why they may be in another one.

        What is not known stays in the record, as holes with a reason; so does content that cannot be read.

        Raises:
            Malformed: a name cannot be one; the message names the resource.
        """
        try:
            return list(_records(self, zone, self.doubt or doubt))
        except Malformed as error:
            raise Malformed(self.resource.address, str(error), self.resource.origin) from error


def drafts(resource: Resource) -> Iterator[Draft]:
    """What a resource declares, if it is one whose records are read.

    Raises:
        Malformed: its name is no text.
    """
    form = FORMS.get(resource.type)
    if resource.mode != "managed" or form is None or (switch := _switched_off(resource, form)) is True:
        return
    value = _first(resource.body, form.name)
    try:
        name = "" if value is None and form.apex_if_unset else _text(value).lower()
    except Malformed as error:
        raise Malformed(resource.address, str(error), resource.origin) from error
    unsaid = not name and not form.apex_if_empty and not form.apex_if_unset
    doubt = Unknown(_EMPTY.format(form.provider), value.origin if value is not None else None) if unsaid else switch
    yield Draft(resource, form, name or "@", _first(resource.body, form.zone), doubt or None)


def _switched_off(resource: Resource, form: RecordForm) -> bool | Unknown:
    """Whether a resource says that there is none of what it would declare; why, where that is not known."""
    switches = ((form.switch, (False, "false")), (form.off, (True, "true")))
    held = [(resource.body.attribute(name), off) for name, off in switches if name is not None]
    if any(value is not None and value.raw in off for value, off in held):
        return True
    return next((value.unknown for value, _ in held if value is not None and value.unknown), False)


def _first(body: Body, arguments: tuple[str, ...]) -> Value | None:
    """The first of some arguments that is set."""
    return next((value for name in arguments if (value := body.attribute(name)) is not None), None)


def _records(draft: Draft, zone: str, doubt: Unknown | None) -> Iterator[Record]:
    resource, form, body = draft.resource, draft.form, draft.resource.body
    type_value = None if form.kind else body.attribute(form.type)
    kind = form.kind or _text(type_value).upper()
    kind = CALLED.get(kind, kind) if form.provider == "OVH" else kind
    name, named = qualified(draft.name, zone), _first(body, form.name)
    priority = body.attribute(form.priority) if form.priority else None
    for other in ANSWERED_AS.get(kind, ()):
        why_other = f"{resource.address} is of type {kind}: what it is answered with is not in the repo"
        said = Unknown(why_other, resource.origin)
        yield Record(name, other or HOLE, HOLE, origin=resource.origin, unknown=said, repetition=said,
                     source=resource.address)  # fmt: skip
    for contents in _answers(body, form, kind):
        preference, data, unreadable = _data(form, kind, [_text(value) for value in contents], zone, priority)
        if kind != "MX":
            preference = None
        unknown = None
        if HOLE in name + kind + data or (kind == "MX" and preference is None):
            values = (named, type_value, *contents, priority)
            unknown = next((u for v in values if v is not None and (u := v.unknown)), None)
            why = _ROUTING if form.switch else _ALIAS if _elsewhere(body, form) else unreadable
            unknown = unknown or Unknown(why, resource.origin)
        yield Record(
            name, kind, data, _ttl(body, form), preference,
            origin=next((v.origin for v in contents if v is not None), None) or resource.origin,
            unknown=unknown,
            repetition=resource.repetition or doubt,
            ignored=_ignored(resource, form),
            sensitive=any(v.all_marks() & SECRET for v in (named, *contents) if v is not None),
            source=resource.address,
            choice=_choice(body, form),
            answered=_answered(body, form, kind, at_apex=name == zone),
        )  # fmt: skip


# -- what the data is made of --------------------------------------------------------------------------


def _answers(body: Body, form: RecordForm, kind: str) -> list[list[Value | None]]:
    """The values that make the data of each record: one, or one a field."""
    fields = dict(form.fields).get(kind, ())
    if fields and not form.blocks:
        return [[body.attribute(field) for field in fields]]
    for argument in form.values:
        value = body.attribute(argument)
        if value is not None and not (form.blocks and argument in form.blocks):
            return [[one] for given in (value, *_further(body, form)) for one in _each(given)]
    found: list[list[Value | None]] = []
    for holder in (holder for argument in form.blocks for holder in _holders(body, argument)):
        whole = isinstance(holder, Value) and holder.is_unknown
        found.append([holder] if isinstance(holder, Value) and whole else [_field(holder, f) for f in fields])
    for value in (value for argument in form.nested for value in _nested(body, argument, form.values)):
        found += [[one] for one in _each(value)]
    return found or [[]]


def _further(body: Body, form: RecordForm) -> Iterator[Value]:
    """What some are answered with in place of a record's own value."""
    for argument in form.nested:
        yield from _nested(body, argument, (*form.values, "ip", "ips"))


def _each(value: Value) -> list[Value]:
    """The values of a list or set, of objects their ``value``; a single one, or one that is not known, is itself."""
    if not isinstance(value.raw, tuple):
        return [value]
    return [_inner(element) for element in value.raw]


def _inner(element: Value) -> Value:
    found = element.get("value") if isinstance(element.raw, dict) else None
    return element if found is None else found


def _holders(body: Body, argument: str) -> list[Value | Body]:
    """What stands under an argument that is an object or a list of them, or a block."""
    value = body.attribute(argument)
    if value is None:
        return [block.body for block in body.blocks(argument)]
    return list(value.raw) if isinstance(value.raw, tuple) else [value]


def _field(holder: Value | Body, field: str) -> Value | None:
    if isinstance(holder, Body):
        return holder.attribute(field)
    return holder.get(field) if isinstance(holder.raw, dict) else holder


def _nested(body: Body, argument: str, values: tuple[str, ...]) -> Iterator[Value]:
    """The values of an argument's blocks, at any depth."""
    blocks: list[Block] = list(body.blocks(argument))
    for block in blocks:
        yield from (v for name in values if (v := block.body.attribute(name)) is not None)
        blocks += block.body.blocks()
    value = body.attribute(argument)
    if value is not None and value.is_unknown:
        yield value


def _answered(body: Body, form: RecordForm, kind: str, *, at_apex: bool) -> str:
    """Why DNS answers with something else than what a record says; empty where it does not."""
    if _elsewhere(body, form):
        return _ALIAS
    proxied = body.attribute(form.proxied) if form.proxied else None
    if kind in _PROXIED and proxied is not None and proxied.raw is not False:
        return f"it is proxied: {form.provider} answers with addresses of its own"
    # https://developers.cloudflare.com/dns/cname-flattening/
    flattened = f"{form.provider} answers for a CNAME of the zone itself with addresses"
    return flattened if kind == "CNAME" and at_apex else ""


def _elsewhere(body: Body, form: RecordForm) -> bool:
    """Whether the answer is something that the repo does not say; ``a.b`` is set in the object that ``a`` is."""
    for argument in form.elsewhere:
        name, _, key = argument.partition(".")
        value = body.attribute(name)
        inner = value.get(key) if value is not None and key and isinstance(value.raw, dict) else value
        if (inner is not None and not inner.is_null and inner.raw is not False) or body.blocks(name):
            return True
    return False


def _ttl(body: Body, form: RecordForm) -> int | None:
    value = body.attribute("ttl")
    return form.ttl if value is None else _integer(value)


def _choice(body: Body, form: RecordForm) -> str:
    value = body.attribute(form.choice) if form.choice else None
    return "" if value is None else _text(value)


def _text(value: Value | None) -> str:
    """The text of a primitive, with a hole for each part that is not known and for what is not set."""
    if value is None or value.is_null:
        return HOLE
    if isinstance(value.raw, (tuple, dict)):
        raise Malformed(f"a value of type {value.type}", "a string is wanted", value.origin)
    if isinstance(value.raw, (str, Unknown)):
        return flat(value)
    return str(value.raw).lower()


def _integer(value: Value | None) -> int | None:
    """A whole number, which Terraform also takes as a string; None where it is not set or not known."""
    text = _text(value)
    return whole(text) if text.isascii() and text.isdigit() else None


# -- names and data --------------------------------------------------------------------------------------


def qualified(name: str, zone: str) -> str:
    """The absolute name of a record called ``name`` in the zone; ``@`` is the zone itself."""
    name = name.lower()
    if HOLE not in name:
        if name == "@":
            return zone
        absolute = name == zone or name.endswith((".", f".{zone}"))
        return normal_name(name if absolute else f"{name}.{zone}")
    tail = name.rpartition(HOLE)[2]
    if tail.endswith("."):
        return name.removesuffix(".")
    # A hole at the end, or before what could be the end of the zone's name, may hold the rest of that
    # name: then nothing is certain to be put after it.
    complete = tail.endswith(f".{zone}") or f".{zone}".endswith(tail)
    return name if complete else f"{name}.{zone}"


def _data(
    form: RecordForm, type: str, contents: list[str], zone: str, priority: Value | None
) -> tuple[int | None, str, str]:
    """The preference and the data as :class:`Record` has them, and why it would be a hole if no value is unknown."""
    if not contents or (len(contents) > 1 and HOLE in "".join(contents)):
        return None, HOLE, f"the content of this {type} record is not set, or stands in a form that is not read"
    text = " ".join(contents)
    if type == "TXT":
        joined = _txt(form.txt, text)
        return None, HOLE if joined is None else joined, "the quoted strings of this TXT content cannot be read"
    preference = _integer(priority)
    if type == "MX" and (form.priority is None or priority is None) and (found := _PREFERENCE.fullmatch(text)):
        preference, text = int(found[1]) if found[1] != HOLE else None, found[2]
    if type == HOLE or HOLE in text:
        return preference, text, "type is not set"
    if type == "CAA" and len(contents) > 1:
        text = f'{contents[0]} {contents[1]} "{contents[2]}"'
    try:
        # As a name server would give it: addresses shortened, names in lower case.
        presented = f"0 {text}" if type == "MX" else text
        origin = dns.name.from_text(zone) if form.relative else dns.name.root
        rdata = dns.rdata.from_text(dns.rdataclass.IN, type, presented, origin, relativize=False)
    except (dns.exception.DNSException, ValueError) as error:
        return preference, HOLE, f"this is no content of a record of type {type}: {error}"
    return preference, rdata_text(rdata)[1], "name or priority is not set, or priority is no whole number"


def _txt(form: Txt, text: str) -> str | None:
    match form:
        case Txt.BARE:
            return text
        case Txt.WRAPPED:
            return txt_content(f'"{text}"')
        case Txt.WORDS:
            return txt_words(text)
        case Txt.EITHER:
            return txt_content(text)


def _ignored(resource: Resource, form: RecordForm) -> IgnoredPath | None:
    """The ``ignore_changes`` entry that covers what the record says."""
    return next((i for i in resource.ignore_changes if not i.path or i.path[0] in form.decisive), None)
