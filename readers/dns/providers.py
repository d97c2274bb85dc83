"""How each provider's resources declare DNS records: data, one row a resource type, its documentation beside it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from enum import Enum

from msgspec import Struct
from msgspec.structs import replace

from tfparse.patterns import pattern

_REGISTRY = "https://registry.terraform.io/providers"


class Txt(Enum):
    """How a provider takes the text of a TXT record."""

    EITHER = "in quotes or bare"
    BARE = "bare: quotes are part of the text"
    WRAPPED = "without the outer quotes, which the provider adds"
    WORDS = "as in a zone file: quoted strings, or words between spaces"


class RecordForm(Struct, frozen=True):
    """How a resource type declares records.

    ``provider`` as people call it, ``source`` its documentation.  ``name``, ``zone``, ``values``: arguments, of which
    the first that is set counts; ``type``: the argument, or ``kind`` the one type that the resource declares.  The
    zone's own records are called ``@``; with ``apex_if_empty`` they may have an empty name, with ``apex_if_unset`` none
    too; what an empty name is to others is not documented.  ``fields`` are, by record type, the arguments (of the
    resource, or of each of its ``blocks``) that make the data, in the order of its presentation form.  ``priority`` is
    the argument of an MX's preference where the value lacks it.  ``nested``: blocks that hold further values at any
    depth (routing policies).  ``choice``: the argument that tells several answers to one question apart.
    ``elsewhere``: arguments that make the answer something that the repo does not say (an alias).  ``proxied``: the
    argument by which the provider answers with addresses of its own.  ``relative``: a target without a final dot is in
    the zone.  ``house``: a server or zone of one's own network, which need not be what the world asks.  ``switch``: the
    argument that is false where there is none of it, ``off`` the one that is true.  ``ttl``: what counts where none is
    given, where the documentation says so.
    """

    provider: str
    source: str
    zone: tuple[str, ...]
    name: tuple[str, ...] = ("name",)
    type: str = "type"
    kind: str | None = None
    values: tuple[str, ...] = ("records",)
    priority: str | None = None
    fields: tuple[tuple[str, tuple[str, ...]], ...] = ()
    blocks: tuple[str, ...] = ()
    nested: tuple[str, ...] = ()
    choice: str | None = None
    elsewhere: tuple[str, ...] = ()
    proxied: str | None = None
    txt: Txt = Txt.WORDS
    relative: bool = False
    apex_if_empty: bool = False
    apex_if_unset: bool = False
    house: bool = False
    switch: str | None = None
    off: str | None = None
    ttl: int | None = None

    @property
    def decisive(self) -> frozenset[str]:
        """The arguments that decide what the record says."""
        own = {argument for _, arguments in self.fields for argument in arguments}
        named = {*self.name, self.type, *self.values, *self.blocks, *self.nested, *self.elsewhere, *self.zone}
        return frozenset(own | named | ({self.priority} if self.priority else set()))


#: Types that are no DNS types, and what is answered where a record has one: of an alias the addresses of its target, of
#: what a server computes or forwards (``None``) anything.  Sources: https://doc.powerdns.com/authoritative/guides/alias.html,
#: https://doc.powerdns.com/authoritative/lua-records/, the pages of the providers.
ANSWERED_AS: dict[str, tuple[str | None, ...]] = {
    "ALIAS": ("A", "AAAA"), "ANAME": ("A", "AAAA"), "LUA": (None,), "APP": (None,), "FWD": (None,),
}  # fmt: skip
#: Types that OVH calls so, and that are TXT records (https://github.com/StackExchange/dnscontrol/pull/340).
CALLED: dict[str, str] = {"SPF": "TXT", "DKIM": "TXT", "DMARC": "TXT"}

_SRV = ("priority", "weight", "port", "target")
_CAA = ("flags", "tag", "value")
_MX = ("preference", "exchange")

_CLOUDFLARE = RecordForm(
    "Cloudflare", f"{_REGISTRY}/cloudflare/cloudflare/4.52.0/docs/resources/record", ("zone_id",),
    values=("content", "value"), priority="priority", fields=(("SRV", _SRV), ("CAA", _CAA)), blocks=("data",),
    txt=Txt.EITHER, proxied="proxied", elsewhere=("settings.flatten_cname",),
)  # fmt: skip
_EMAIL_ROUTING = RecordForm(
    "Cloudflare", f"{_REGISTRY}/cloudflare/cloudflare/4.52.0/docs/resources/email_routing_settings", ("zone_id",),
    kind="MX", values=(), apex_if_unset=True, switch="enabled",
)  # fmt: skip
_ROUTE_53 = RecordForm(
    "Route 53", f"{_REGISTRY}/hashicorp/aws/latest/docs/resources/route53_record", ("zone_id",), txt=Txt.WRAPPED,
    choice="set_identifier", elsewhere=("alias",), apex_if_empty=True,
)  # fmt: skip
_GOOGLE = RecordForm(
    "Google", f"{_REGISTRY}/hashicorp/google/latest/docs/resources/dns_record_set", ("managed_zone",),
    values=("rrdatas",), nested=("routing_policy",),
)  # fmt: skip
_POWERDNS = RecordForm("PowerDNS", f"{_REGISTRY}/pan-net/powerdns/latest/docs/resources/record", ("zone",), house=True)
_TECHNITIUM = RecordForm(
    "Technitium", f"{_REGISTRY}/kevynb/technitium/latest/docs/resources/record", ("zone",), name=("domain", "name"),
    values=("ip_address", "ipaddress", "cname", "name_server", "exchange", "text", "ptr_name", "value"),
    priority="preference", fields=(("SRV", _SRV), ("CAA", _CAA)), txt=Txt.EITHER, house=True, off="disabled",
)  # fmt: skip
_AZURE_FIELDS: dict[str, RecordForm] = {
    "a": RecordForm("", "", (), values=("records",)), "aaaa": RecordForm("", "", (), values=("records",)),
    "caa": RecordForm("", "", (), blocks=("record",), fields=(("CAA", _CAA),)),
    "cname": RecordForm("", "", (), values=("record",)), "ns": RecordForm("", "", (), values=("records",)),
    "mx": RecordForm("", "", (), blocks=("record",), fields=(("MX", _MX),)),
    "ptr": RecordForm("", "", (), values=("records",)),
    "srv": RecordForm("", "", (), blocks=("record",), fields=(("SRV", _SRV),)),
    "txt": RecordForm("", "", (), blocks=("record",), fields=(("TXT", ("value",)),)),
}  # fmt: skip
_RFC_2136: dict[str, RecordForm] = {
    "dns_a_record_set": RecordForm("", "", (), kind="A", values=("addresses",)),
    "dns_aaaa_record_set": RecordForm("", "", (), kind="AAAA", values=("addresses",)),
    "dns_cname_record": RecordForm("", "", (), kind="CNAME", values=("cname",)),
    "dns_mx_record_set": RecordForm("", "", (), kind="MX", blocks=("mx",), fields=(("MX", _MX),)),
    "dns_ns_record_set": RecordForm("", "", (), kind="NS", values=("nameservers",)),
    "dns_ptr_record": RecordForm("", "", (), kind="PTR", values=("ptr",)),
    "dns_srv_record_set": RecordForm("", "", (), kind="SRV", blocks=("srv",), fields=(("SRV", _SRV),)),
    "dns_txt_record_set": RecordForm("", "", (), kind="TXT", values=("txt",), txt=Txt.BARE),
}


def _azure() -> Iterator[tuple[str, RecordForm]]:
    for kind, form in _AZURE_FIELDS.items():
        for prefix, house in (("azurerm_dns", False), ("azurerm_private_dns", True)):
            source = f"{_REGISTRY}/hashicorp/azurerm/latest/docs/resources/{prefix.partition('_')[2]}_{kind}_record"
            yield f"{prefix}_{kind}_record", replace(
                form, provider="Azure", source=source, zone=("zone_name",), kind=kind.upper(), txt=Txt.BARE,
                house=house, elsewhere=("target_resource_id",), apex_if_unset=kind == "mx",
            )  # fmt: skip


def _rfc_2136() -> Iterator[tuple[str, RecordForm]]:
    for type_, form in _RFC_2136.items():
        source = f"{_REGISTRY}/hashicorp/dns/latest/docs/resources/{type_}"
        yield type_, replace(form, provider="RFC 2136", source=source, zone=("zone",), apex_if_unset=True, house=True,
                             ttl=3600)  # fmt: skip


#: The resource types whose records are read.
FORMS: dict[str, RecordForm] = {
    "cloudflare_record": _CLOUDFLARE,
    "cloudflare_dns_record": replace(
        _CLOUDFLARE, source=f"{_REGISTRY}/cloudflare/cloudflare/latest/docs/resources/dns_record"
    ),
    "cloudflare_email_routing_settings": _EMAIL_ROUTING,
    "cloudflare_email_routing_dns": replace(
        _EMAIL_ROUTING, source=f"{_REGISTRY}/cloudflare/cloudflare/latest/docs/resources/email_routing_dns"
    ),
    "aws_route53_record": _ROUTE_53,
    "google_dns_record_set": _GOOGLE,
    **dict(_azure()),
    "hetznerdns_record": RecordForm(
        "Hetzner", f"{_REGISTRY}/timohirt/hetznerdns/latest/docs/resources/hetznerdns_record", ("zone_id",),
        values=("value",), txt=Txt.EITHER, relative=True,
    ),
    "hcloud_zone_rrset": RecordForm(
        "Hetzner", f"{_REGISTRY}/hetznercloud/hcloud/latest/docs/resources/zone_rrset", ("zone",), relative=True,
    ),
    "hcloud_zone_record": RecordForm(
        "Hetzner", f"{_REGISTRY}/hetznercloud/hcloud/latest/docs/resources/zone_record", ("zone",), values=("value",),
        relative=True,
    ),
    "digitalocean_record": RecordForm(
        "DigitalOcean", f"{_REGISTRY}/digitalocean/digitalocean/latest/docs/resources/record", ("domain",),
        values=("value",), priority="priority", txt=Txt.BARE, relative=True, ttl=1800,
        fields=(("SRV", ("priority", "weight", "port", "value")), ("CAA", _CAA)),
    ),
    "ovh_domain_zone_record": RecordForm(
        "OVH", f"{_REGISTRY}/ovh/ovh/latest/docs/resources/domain_zone_record", ("zone",), name=("subdomain",),
        type="fieldtype", values=("target",), txt=Txt.EITHER, relative=True, apex_if_unset=True,
    ),
    "desec_rrset": RecordForm(
        "deSEC", f"{_REGISTRY}/Valodim/desec/latest/docs/resources/record", ("domain",), name=("subname",),
        apex_if_unset=True,
    ),
    "powerdns_record": _POWERDNS,
    **dict(_rfc_2136()),
    "technitium_record": _TECHNITIUM,
    "technitium_dns_zone_record": replace(
        _TECHNITIUM, source=f"{_REGISTRY}/kenske/technitium/latest/docs/resources/dns_zone_record"
    ),
    "gandi_livedns_record": RecordForm(
        "Gandi", f"{_REGISTRY}/go-gandi/gandi/latest/docs/resources/livedns_record", ("zone",), values=("values",),
        txt=Txt.EITHER, relative=True,
    ),
    "scaleway_domain_record": RecordForm(
        "Scaleway", f"{_REGISTRY}/scaleway/scaleway/latest/docs/resources/domain_record", ("dns_zone",),
        values=("data",), priority="priority", txt=Txt.EITHER, relative=True, apex_if_empty=True, apex_if_unset=True,
        nested=("geo_ip", "http_service", "view", "weighted"), ttl=3600,
    ),
}  # fmt: skip


class ZoneForm(Struct, frozen=True):
    """How a resource or data source names a zone: ``name``, its arguments of which the first that is set counts;
    ``handle``: the argument by whose text records may name it; ``private``: argument or block that keeps it from the
    world (with ``private_if``: only where it has that text)."""

    name: tuple[str, ...] = ("name",)
    handle: str | None = None
    private: str | None = None
    private_if: str | None = None


#: Resources and data sources that name a zone.
ZONES: dict[str, ZoneForm] = {
    "cloudflare_zone": ZoneForm(("name", "zone", "filter.name"), "zone_id"),
    "cloudflare_zones": ZoneForm(("name", "filter.name")),
    "aws_route53_zone": ZoneForm(("name",), "zone_id", "vpc"),
    "google_dns_managed_zone": ZoneForm(("dns_name",), "name", "visibility", "private"),
    "azurerm_dns_zone": ZoneForm(),
    "azurerm_private_dns_zone": ZoneForm(private="name"),
    "hetznerdns_zone": ZoneForm(),
    "hcloud_zone": ZoneForm(handle="id"),
    "digitalocean_domain": ZoneForm(),
    "ovh_domain_zone": ZoneForm(("name", "plan.configuration")),
    "desec_domain": ZoneForm(),
    "powerdns_zone": ZoneForm(),
    "technitium_zone": ZoneForm(),
    "technitium_dns_zone": ZoneForm(),
    "gandi_livedns_domain": ZoneForm(),
    "scaleway_domain_zone": ZoneForm(("id",)),
}

_LOOKS_LIKE_DNS = pattern(r"_(?:record|rrset|recordset)s?(?:_|$)|dns_\w*(?:record|rrset)|route53_records")
_MAY_DECLARE = pattern(r"dns|route-?53|domain|zone|record|rrset|mail", re.IGNORECASE)
_DNS_ONLY = frozenset({
    "cloudflare", "hetznerdns", "desec", "powerdns", "dns", "technitium", "ovh", "gandi", "digitalocean", "hcloud",
    "scaleway",
})  # fmt: skip


def looks_like_dns(type_: str) -> bool:
    """Whether a resource type that is not in :data:`FORMS` may declare DNS records, by its name."""
    return type_ not in FORMS and _LOOKS_LIKE_DNS.search(type_) is not None


def may_declare_dns(source: str) -> bool:
    """Whether a module from elsewhere may declare DNS records.

    One from a registry is named for what it is for, and for its provider; of any other nothing is known.
    Source: https://developer.hashicorp.com/terraform/language/modules/sources
    """
    address = source.split("//")[0].split("/")
    has_host = "." in address[0]
    in_registry = not source.startswith(".") and "::" not in source and len(address) == (4 if has_host else 3)
    return not in_registry or address[-1] in _DNS_ONLY or _MAY_DECLARE.search("/".join(address[-2:])) is not None
