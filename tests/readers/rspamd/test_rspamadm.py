"""rspamadm says what it finds in Rspamd's overrides, and runs nothing of what they hold."""

from __future__ import annotations

from pathlib import Path

import pytest

from readers import Malformed, NotProven
from readers.rspamd.dkim_signing import read_dkim_signing
from readers.rspamd.rspamadm import Overrides
from tests.readers.documents import template
from tfparse import Origin
from tfparse.cty.values import SECRET, Part, text

pytestmark = pytest.mark.needs("rspamadm")

SIGNING = """\
# as docker-mailserver has it
enabled = true;
selector = "mail";
path = "/etc/keys/fallback.private";
domain {
  example.net {
    path = "/etc/keys/example.net.private";
    selector = "s1";
  }
}
"""


def overrides(**texts: str) -> Overrides:
    return Overrides({f"{name}.conf": template(text) for name, text in texts.items()})


def test_good_overrides_have_no_faults() -> None:
    examination = overrides(
        dkim_signing=SIGNING, external_relay='rules { A { ip_map = ["10.3.2.10/32"]; } }'
    ).examination
    assert (examination.faults, examination.notes) == ((), ())


def test_an_override_wins_over_rspamds_own() -> None:
    merged = read_dkim_signing(overrides(dkim_signing=SIGNING).section("dkim_signing"))
    assert merged.selector == "mail"  # its own is "dkim"
    assert merged.section.only("sign_local").truth is True  # which only its own has
    assert [(key.domain, key.selector, key.path) for key in merged.keys] == [
        (None, "mail", "/etc/keys/fallback.private"), ("example.net", "s1", "/etc/keys/example.net.private"),
    ]  # fmt: skip


def test_what_spares_rspamd_its_languages_is_no_section_of_its_configuration() -> None:
    with pytest.raises(Malformed, match="rspamadm shows no such section"):
        overrides(dkim_signing=SIGNING).section("lang_detection")


def test_without_overrides_it_is_rspamds_own() -> None:
    assert overrides().examination.faults == ()
    assert read_dkim_signing(overrides().section("dkim_signing")).keys == ()


@pytest.mark.parametrize(("old", "new", "said", "line"), [
    ("domain {", "domain", "line: 5, column: 6 - 'invalid character in a key'", 5),
    ("  }\n}", "  }", "unmatched open brace at 5", 5),
    ('"mail";', '"mail;', "'unexpected newline'", 3),
    ("  }\n}", "  }\n}}", "object closed with } is not opened with {", 10),
    ("selector = ", "selector", "line: 3, column: 8 - 'invalid character in a key'", 3),
    ("domain {", "domain = [", "line: 9, column: 2 - 'unexpected terminating symbol detected'", 9),
])  # fmt: skip
def test_a_fault_is_quoted_with_its_line(old: str, new: str, said: str, line: int) -> None:
    assert old in SIGNING
    ((found, at),) = overrides(external_relay="a = 1;", dkim_signing=SIGNING.replace(old, new, 1)).examination.faults
    assert found.startswith("rspamadm: ")
    assert "override.d/dkim_signing.conf" in found
    assert said in found
    assert at.line == line


def test_what_it_refuses_has_no_sections() -> None:
    with pytest.raises(Malformed, match="^Rspamd's dkim_signing: rspamadm: override.d/dkim_signing.conf:"):
        overrides(dkim_signing=SIGNING + "}").section("dkim_signing")


def test_what_is_not_known_is_not_written() -> None:
    held = overrides(dkim_signing=SIGNING.replace("/etc/keys/fallback", "${keys}/fallback"))
    assert held.examination.faults == ()
    assert '"path": "placeholder/fallback.private"' in held.section("dkim_signing").as_string()


def test_a_complaint_about_what_is_not_known_is_a_note() -> None:
    examination = overrides(a="b { ${rest}\n").examination
    assert not examination.faults
    assert [at.line for _, at in examination.notes] == [1]


def test_a_secret_is_not_written() -> None:
    held = Overrides({"redis.conf": template('password = "hunter2";').marked()})
    assert held.examination.faults == ()
    assert [said for said, _ in held.examination.notes] == ["redis.conf is not known"]
    assert "hunter2" not in held.section("overrides").as_string()


def test_what_is_said_of_a_secret_is_not_shown() -> None:
    """Terraform does not call it sensitive, so that rspamadm is given it."""
    parts = Part("a = 1;\n", Origin("a.tf", 1), True), Part("b { hunter2\n", Origin("b.tf", 7), False, SECRET)
    examination = Overrides({"redis.conf": text(parts, marks=SECRET)}).examination
    assert examination.faults
    assert {said for said, _ in examination.faults} <= {
        f"{program} objects to a line that holds a secret: what it says is not shown"
        for program in ("rspamadm", "rspamadm configtest")
    }


def test_a_section_of_a_secret_override_is_not_known() -> None:
    held = Overrides({"dkim_signing.conf": template(SIGNING).marked()})
    with pytest.raises(NotProven, match=r"^rspamadm is not shown dkim_signing\.conf, which is not known, or secret"):
        held.section("dkim_signing")


@pytest.mark.parametrize(("name", "text"), [
    ("metadata_exporter", 'enabled = true; custom_push { a = "%s return function() end"; }'),
    ("greylist", 'enabled = true; message_func = "%s return function() end";'),
    ("milter_headers", 'use = ["a"]; custom { a = "return function(task, common) %s end"; }'),
    ("clickhouse", 'custom_rules { a { first_row = "%s"; get_row = "%s"; } }'),
    ("options", "} lua = \"{folder}/run.lua\"; x {"),
    ("options", "a = 1;\n}\nlua = \"{folder}/run.lua\";\nmodules { path = \"{folder}/run.lua\"; }\n x {"),
    ("braces", "{ a = 1; }\n} lua = \"{folder}/run.lua\"; x {"),
    ("braces", "{ a = 1; }\n} } lua = \"{folder}/run.lua\"; x { y {"),
    ("string", "a = 'x\\'; } } lua = \"{folder}/run.lua\"; x { y {';"),
    ("document", "a = <<EOD\n} } lua = \"{folder}/run.lua\"; x { y {\nEOD\n"),
    ("modules", "path = \"{folder}/run.lua\";"),
])  # fmt: skip
def test_nothing_of_it_runs(name: str, text: str, tmp_path: Path) -> None:
    code = f"os.execute('touch {tmp_path}/ran')"
    (tmp_path / "run.lua").write_text(code)
    held = overrides(**{name: text.replace("%s", code).replace("{folder}", str(tmp_path))})
    refused = bool(held.examination.faults)
    if not refused:
        held.section("overrides")
    assert refused == (name == "options")
    assert not (tmp_path / "ran").exists()


@pytest.mark.parametrize("text", [
    '.include "/etc/passwd"', 'a = 1; .include(try=true) "https://example.net/x"', "b { .load(key=x) \"/etc/passwd\" }",
    ".INCLUDE \"x\"", '. try_include "x"', "a = {= os.execute('true') =};", "{% if true %} {% endif %}", "{# #}",
])  # fmt: skip
def test_what_would_include_or_run_is_not_handed_over(text: str) -> None:
    held = overrides(dkim_signing=SIGNING, a=f"x = 1;\n{text}\n")
    said = r"^rspamadm is not shown a\.conf: it would run the macro or template at values\.tpl:2"
    with pytest.raises(NotProven, match=said):
        assert held.examination
    with pytest.raises(NotProven, match=said):
        held.section("dkim_signing")


@pytest.mark.parametrize("name", ["a b", "../a", 'a"', "A", "a\n"])
def test_a_name_is_no_text_of_its_own(name: str) -> None:
    with pytest.raises(NotProven, match="^rspamadm is not shown"):
        assert overrides(**{name: "a = 1;"}).examination
