"""What the owner of a repo says of modules that are not in it: it counts, is repeated, and ends."""

from __future__ import annotations

import pytest

from tests.design_policy.at_home import AtHome

OPEN, CLOSED, NOT_ASKED = 0, 1, 2
MAIN = """\
module "site" {
  source = "git::https://git.example.org/site.git?ref=v4"
}

resource "cloudflare_zone" "x" {
  zone = "example.org"
}

resource "cloudflare_record" "mx" {
  zone_id  = cloudflare_zone.x.id
  name     = "@"
  type     = "MX"
  priority = 10
  value    = "mx.example.org"
}

resource "kubernetes_config_map" "web" {
  metadata {
    name      = "web"
    namespace = "shop"
  }
}
"""
PROMISES = """\
Feature: Promises

  @P-1
  Scenario: Mail goes to one host
    Given the declared records of the zone "example.org"
    Then the records of these names are exactly:
      | name | type | is                |
      | @    | MX   | 10 mx.example.org |

  @P-2
  Scenario: There is no other map
    Given the ConfigMap "mail" in namespace "mail"
    Then it has:
      | path | is  |
      | data | set |

  @P-3
  Scenario: There is no bucket
    Given every resource of type "aws_s3_bucket" of the root module "."
    Then there is none
"""
SETTINGS = 'features = "promises"\ndns = "off"\n'
ANSWER = """
[[modules]]
source = "git::https://git.example.org/site.git?ref=v4"
declares-no = ["dns", "namespace mail", "aws"]
reason = "It makes a CDN"
expires = 2026-12-24
"""


@pytest.fixture
def site(home: AtHome) -> AtHome:
    home.write("main.tf", MAIN)
    home.write("promises/p.feature", PROMISES)
    home.write(".design-policy.toml", SETTINGS)
    return home


def verdicts(site: AtHome, day: str = "2026-11-25") -> tuple[str, list[str]]:
    _, said = site.say(f"--as-of={day}", "-v")
    return said, [word for id_ in ("P-1", "P-2", "P-3") for line in said.splitlines() for word in line.split()[:1]
                  if f" {id_} " in line and word in ("passed", "failed", "undetermined")]  # fmt: skip


def test_without_an_answer_it_may_declare_anything(site: AtHome) -> None:
    said, found = verdicts(site)
    assert found == ["undetermined"] * 3, said


def test_what_the_owner_says_counts_and_is_repeated(site: AtHome) -> None:
    site.write(".design-policy.toml", SETTINGS + ANSWER)
    said, found = verdicts(site)
    assert found == ["passed", "failed", "passed"], said
    assert "declares no dns, namespace mail, aws, says its owner until 2026-12-24: It makes a CDN" in " ".join(
        said.split()
    )


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("ref=v4", "ref=v5"),
        ('["dns", "namespace mail", "aws"]', '["helm", "namespace web"]'),
        ("2026-12-24", "2026-11-25"),
    ],
    ids=["of another version", "of something else", "until today"],
)
def test_what_it_does_not_cover_stays_open(site: AtHome, old: str, new: str) -> None:
    site.write(".design-policy.toml", SETTINGS + ANSWER.replace(old, new))
    said, found = verdicts(site)
    assert found == ["undetermined"] * 3, said


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('reason = "It makes a CDN"\n', "", "modules: reason is missing: say source, declares-no, reason, expires"),
        ('["dns", "namespace mail", "aws"]', '"anything at all"', "declares-no: 'anything at all' is none of"),
        ("2026-12-24", "2027-12-24", "expires 2027-12-24 is more than 180 days from 2026-11-25"),
    ],
)
def test_a_slip_is_named(site: AtHome, old: str, new: str, message: str) -> None:
    site.write(".design-policy.toml", SETTINGS + ANSWER.replace(old, new))
    status, said = site.say("--as-of=2026-11-25")
    assert (status, message in said) == (NOT_ASKED, True), said


def test_one_that_a_change_brings_counts_once_it_is_merged(site: AtHome) -> None:
    site.repo.commit()
    site.write(".design-policy.toml", SETTINGS + ANSWER)
    status, said = site.say("--as-of=2026-11-25", "--base=HEAD")
    assert (status, "undetermined  P-1" in said, "setting changed: modules" in said) == (CLOSED, True, True), said
