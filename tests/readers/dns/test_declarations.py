"""The records that a repo declares: resources that a root reaches, and zone text wherever it stands."""

from __future__ import annotations

from pathlib import Path

import pytest

from readers import Missing
from readers.dns.declarations import Declarations, read_declarations
from readers.mail_auth.domain import aliases, best_mx, declared_dmarc
from tests.repo import repo
from tfparse import UnknownValueError

DOMAIN = "example.org"
TXT = 'resource "cloudflare_record" "dmarc" {\n  name    = "_dmarc"\n  type    = "TXT"\n  content = "v=DMARC1; p=reject"\n}\n'
ZONE = """$ORIGIN example.org.
@ 3600 IN SOA ns hostmaster 1 7200 3600 1209600 3600
_dmarc 3600 IN TXT "v=DMARC1; p=none"
"""


def declared(folder: Path, **files: str | bytes) -> Declarations:
    named = {name.replace("__", "/").replace("_tf", ".tf"): content for name, content in files.items()}
    return read_declarations(repo(folder, named), DOMAIN, "bind_*")


def dmarc(declarations: Declarations) -> list[tuple[str, str | None]]:
    """The data and the place of each declared DMARC record."""
    return [(r.data, str(r.origin)) for r in declared_dmarc(declarations)]


def test_resources_of_every_root_and_of_the_modules_it_calls(tmp_path: Path) -> None:
    found = declared(tmp_path, a__main_tf='module "m" {\n  source = "../parts/m"\n}\n', parts__m__main_tf=TXT)
    assert dmarc(found) == [("v=DMARC1; p=reject", "parts/m/main.tf:4")]


def test_a_copy_that_no_root_calls_does_not_count(tmp_path: Path) -> None:
    found = declared(tmp_path, main_tf=TXT, modules__stale__main_tf=TXT.replace("reject", "none"))
    assert dmarc(found) == [("v=DMARC1; p=reject", "main.tf:4")]


def test_zone_text_in_a_variable_file(tmp_path: Path) -> None:
    text = f"bind_db = <<EOT\n{ZONE}EOT\n"
    found = declared(tmp_path, main_tf='variable "bind_db" {}\n' + TXT, **{"terraform.tfvars": text})
    assert dmarc(found) == [("v=DMARC1; p=reject", "main.tf:5"), ("v=DMARC1; p=none", "terraform.tfvars:4")]


def test_zone_text_under_any_name_and_in_a_map(tmp_path: Path) -> None:
    source = f'variable "zones" {{\n  default = {{\n    "example.org" = <<EOT\n{ZONE}EOT\n  }}\n}}\n'
    assert dmarc(declared(tmp_path, main_tf=source)) == [("v=DMARC1; p=none", "main.tf:6")]


def test_zone_text_for_a_variable_that_nothing_declares_counts(tmp_path: Path) -> None:
    found = declared(tmp_path, main_tf=TXT, **{"terraform.tfvars": f"bind_db = <<EOT\n{ZONE}EOT\n"})
    assert ("v=DMARC1; p=none", "terraform.tfvars:4") in dmarc(found)


def test_zone_text_that_is_ciphertext_may_declare_anything(tmp_path: Path) -> None:
    found = declared(tmp_path, main_tf='variable "bind_db" {}\n' + TXT, **{"terraform.tfvars": b"\0GITCRYPT\0\1"})
    with pytest.raises(UnknownValueError, match="terraform.tfvars is git-crypt ciphertext"):
        dmarc(found)


def test_ciphertext_where_no_zone_text_is_to_be_seen(tmp_path: Path) -> None:
    found = declared(tmp_path, main_tf=TXT, **{"terraform.tfvars": b"\0GITCRYPT\0\1"})
    with pytest.raises(UnknownValueError, match="zone text may stand in it: terraform.tfvars is git-crypt ciphertext"):
        dmarc(found)


def test_what_is_certain_comes_before_the_doubt(tmp_path: Path) -> None:
    found = declared(tmp_path, main_tf=TXT, **{"terraform.tfvars": b"\0GITCRYPT\0\1"})
    assert next(declared_dmarc(found)).data == "v=DMARC1; p=reject"


def test_other_files_of_the_name_service_are_no_zones(tmp_path: Path) -> None:
    options = 'variable "bind_named_conf_options" {\n  default = <<EOT\noptions {\n  recursion no;\n};\nEOT\n}\n'
    other = 'variable "bind_db_lan" {\n  default = <<EOT\n$ORIGIN example.lan.\n@ 60 IN A 192.0.2.1\nEOT\n}\n'
    assert len(dmarc(declared(tmp_path, main_tf=TXT + options + other))) == 1


def test_a_file_that_does_not_parse_may_declare_more(tmp_path: Path) -> None:
    found = declared(tmp_path, main_tf=TXT, broken_tf="resource {\n")
    with pytest.raises(UnknownValueError, match=r"broken.tf does not parse"):
        dmarc(found)


@pytest.mark.parametrize(
    ("source", "doubt"),
    [
        ("cloudflare/zone/cloudflare", True),
        ("git::https://example.net/zone.git", True),
        ("terraform-helm/metallb/kubernetes", False),
    ],
)
def test_a_module_from_elsewhere(tmp_path: Path, source: str, doubt: bool) -> None:
    found = declared(tmp_path, main_tf=f'{TXT}module "m" {{\n  source = "{source}"\n}}\n')
    if doubt:
        with pytest.raises(UnknownValueError, match="which is not in this repo"):
            dmarc(found)
    else:
        assert len(dmarc(found)) == 1


def test_nothing_declared_is_missing(tmp_path: Path) -> None:
    with pytest.raises(Missing, match="no DNS record of example.org"):
        declared(tmp_path, main_tf="locals {\n  a = 1\n}\n")


UNKNOWN_NAMES = """
data "vault" "names" {}
resource "cloudflare_record" "proxied" {
  for_each = toset(data.vault.names.all)
  name     = each.value
  type     = "CNAME"
  content  = "${data.vault.names.tunnel}.TARGET"
}
"""


def test_an_unknown_name_matters_only_if_the_target_may_be_meant(tmp_path: Path) -> None:
    away = declared(tmp_path / "away", main_tf=TXT + UNKNOWN_NAMES.replace("TARGET", "tunnels.example.net"))
    assert list(aliases(away, "em1", "sendgrid.net")) == [None]
    into = declared(tmp_path / "into", main_tf=TXT + UNKNOWN_NAMES.replace("TARGET", "wl.sendgrid.net"))
    with pytest.raises(UnknownValueError, match=r"may be a CNAME record of em1\.example\.org"):
        list(aliases(into, "em1", "sendgrid.net"))


def test_each_witness_has_a_best_mx(tmp_path: Path) -> None:
    resource = 'resource "cloudflare_record" "mx" {\n  name = "@"\n  type = "MX"\n  content = "mail.example.org"\n  priority = 1\n}\n'
    zone = ZONE + "@ 60 IN MX 30 mail\n@ 60 IN MX 20 backup\n"
    found = declared(tmp_path, main_tf=f'{resource}variable "bind_db" {{\n  default = <<EOT\n{zone}EOT\n}}\n')
    assert [(r.data, r.origin and r.origin.line) for r in best_mx(found)] == [
        ("mail.example.org", 4),
        ("backup.example.org", 13),
    ]


@pytest.mark.parametrize(("preference", "best"), [(1, []), (30, ["mail.example.org"])])
def test_one_in_doubt_that_may_be_lower_leaves_none(tmp_path: Path, preference: int, best: list[str]) -> None:
    text = """
    variable "wanted" {}
    resource "cloudflare_record" "mx" {
      name     = "@"
      type     = "MX"
      content  = "mail.example.org"
      priority = 20
    }
    resource "cloudflare_record" "perhaps" {
      count    = var.wanted ? 1 : 0
      name     = "@"
      type     = "MX"
      content  = "other.example.org"
      priority = PREFERENCE
    }
    """.replace("PREFERENCE", str(preference))
    told = best_mx(declared(tmp_path, main_tf=text))
    found = []
    with pytest.raises(UnknownValueError, match=r"other\.example\.org may be a MX record"):
        found += (r.data for r in told)
    assert found == best


def test_origins_are_lines_of_the_zone_text(tmp_path: Path) -> None:
    found = declared(tmp_path, main_tf=f'variable "bind_db" {{\n  default = <<EOT\n{ZONE}EOT\n}}\n')
    assert str(next(declared_dmarc(found)).origin) == "main.tf:5"


def test_zone_texts_that_are_too_long_together_leave_a_doubt(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def zone(name: str, lines: int) -> str:
        records = "".join(f"h{number} 60 IN TXT x\n" for number in range(lines - 1))
        return f'variable "{name}" {{\n  default = <<-EOT\n$ORIGIN example.org.\n{records}EOT\n}}\n'

    monkeypatch.setattr("readers.dns.declarations.MAX_ZONE_LINES", 12)
    infra = repo(tmp_path, {"main.tf": zone("a", 8) + zone("b", 5)})
    found = read_declarations(infra, "example.org", "*")
    with pytest.raises(UnknownValueError, match="zone texts of more than 12 lines are not read"):
        list(found.of("h0", "TXT"))
    assert [len(witness.records) for witness in found.witnesses] == [7, 1]
