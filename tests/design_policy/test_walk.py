"""The pages for authors: what they say is so."""

from __future__ import annotations

import re
import shlex

import pytest

from design_policy.glue import pattern
from design_policy.words import contexts, entries, page
from gate.usage import Vocabulary
from tests.design_policy.at_home import ROOT, AtHome

WALK = (ROOT / "docs" / "your-own-design.md").read_text()


def test_every_command_of_the_walk_runs(home: AtHome) -> None:
    """From a repo without promises to a first red and a first green one, by the page alone."""
    for name in (".design-policy.toml", "policy/buckets.feature", "prod.tfvars"):
        (home.path / name).unlink()
    (home.path / "policy").rmdir()
    home.edit("main.tf", "force_destroy = false", "force_destroy = true")
    commands = [shlex.split(line[2:]) for line in WALK.splitlines() if line.startswith("$ ")]
    assert all(program == "design-policy" for program, *_ in commands)
    (feature,) = re.findall(r"```gherkin\n(.*?)```", WALK, re.DOTALL)
    init, first, *looks, red, with_base = [arguments for _, *arguments in commands]
    assert init == ["init"]
    status, said = home.say(*init)
    assert (status, said.splitlines()) == (0, re.search(r"init\n(.*?)```", WALK, re.DOTALL)[1].splitlines())
    status, said = home.say(*first)
    assert (status, "gate: open" in said) == (0, True), said
    for look in looks:
        status, said = home.say(*look)
        assert status == 0, (look, said)
        assert said.strip()
    home.write("policy/logs.feature", feature)
    status, said = home.say(*red)
    assert (status, "main.tf:5" in said, "failed        LOG-1" in said) == (1, True, True), said
    home.edit("main.tf", "force_destroy = true", "force_destroy = false")
    assert home.say(*red)[0] == 0
    home.repo.commit()
    assert home.say(*with_base)[0] == 0
    assert (home.path / "policy-report" / "spec.html").exists()


def test_the_settings_of_the_page_are_those_that_there_are() -> None:
    from gate.home import _READERS

    table = WALK[WALK.index("## The settings") :]
    named = {
        name
        for row in re.findall(r"^\| (`.*?) \|", table, re.MULTILINE)
        for name in re.findall(r"`\[?([\w-]+)\]?`", row)
    }
    assert named == set(_READERS)


@pytest.mark.parametrize("option", ["--glue", "--examples", "--page"])
def test_words_writes_files_for_editors(home: AtHome, option: str) -> None:
    status, said = home.say("words", option)
    assert (status, "it fires or is silent over time" in said) == (0, True)


def test_init_overwrites_nothing(home: AtHome) -> None:
    assert home.say("init")[0] == 2
    (home.path / ".design-policy.toml").unlink()
    home.write("policy/first.feature", "mine")
    (home.path / ".github").mkdir()
    status, said = home.say("init")
    assert (status, "kept   policy/first.feature" in said) == (0, True)
    assert "design-policy --base" in (home.path / ".github/workflows/design-policy.yml").read_text()


def test_init_takes_a_line_that_is_plain(home: AtHome) -> None:
    (home.path / ".design-policy.toml").unlink()
    home.edit("main.tf", "var.name", '"x-logs"')
    assert home.say("init")[0] == 0
    assert "| bucket | " in (home.path / "policy/first.feature").read_text().replace("  ", " ")
    assert home.say()[0] == 0


@pytest.mark.parametrize(("arguments", "seen"), [
    ((), "."),
    ((".",), "aws_s3_bucket.logs    # main.tf:3"),
    ((".", "var.name"), '"x-logs"    # prod.tfvars:1'),
    (('every resource of type "aws_s3_bucket"', "bucket"), 'bucket = "x-logs"    # prod.tfvars:1'),
    (('Given the file "prod.tfvars", read as settings',), 'name = "x-logs"'),
])  # fmt: skip
def test_see_shows_what_there_is_with_lines(home: AtHome, arguments: tuple[str, ...], seen: str) -> None:
    status, said = home.say("see", *arguments)
    assert (status, seen in said) == (0, True), said


@pytest.mark.parametrize("arguments", [("nowhere",), (".", "local.no"), ('the Deployment "no"',), (".", "1 +")])
def test_see_says_what_is_not_there(home: AtHome, arguments: tuple[str, ...]) -> None:
    status, said = home.say("see", *arguments)
    assert (status, "Traceback" in said, bool(said.strip())) == (1, False, True)


def test_see_says_that_there_is_none_and_what_there_is(home: AtHome) -> None:
    assert home.say("see", 'every resource of type "aws_s3_buckt"') == (0, "there is none (it has aws_s3_bucket)\n")


def test_see_shows_records(home: AtHome) -> None:
    home.write(
        "dns.tf",
        'resource "cloudflare_record" "w" {\n  zone_id = "z"\n  name = "www.example.org"\n  type = "A"\n'
        '  content = "192.0.2.1"\n}\n',
    )
    zone = 'declared records of the zone "example.org"'
    assert 'data = "192.0.2.1"    # dns.tf:5' in home.say("see", f"the {zone}")[1]
    assert "www.example.org A 192.0.2.1    # dns.tf:5" in home.say("see", f"the {zone}", "www A")[1]
    assert "there is none" in home.say("see", f"the {zone}", "www TXT")[1]
    status, said = home.say("see", zone.replace("declared", "the published"))
    assert (status, "add a name and a type" in said) == (1, True)


def test_see_shows_no_secret(home: AtHome) -> None:
    home.write(
        "secret.tf",
        'variable "key" {\n  sensitive = true\n}\nresource "kubernetes_secret" "s" {\n'
        '  metadata {\n    name = "s"\n  }\n  data = { key = var.key, other = "hunter2-or-3" }\n}\n',
    )
    home.write("prod.tfvars", 'name = "x-logs"\nkey = "swordfish-1"\n')
    for arguments in [
        (".", "var.key"),
        (".", "kubernetes_secret.s.data"),
        ("every Secret",),
        ('the Secret "s"', "data"),
        ('the file "prod.tfvars", read as lines',),
        ('the file "secret.tf", read as lines',),
    ]:
        _, said = home.say("see", *arguments)
        assert "swordfish" not in said, said
        assert "hunter2" not in said, said


def test_the_page_of_the_vocabulary_is_made_from_the_steps() -> None:
    assert (ROOT / "docs" / "vocabulary.md").read_text() == page(entries()), "design-policy words --page writes it"


@pytest.mark.parametrize("entry", entries(), ids=lambda entry: entry.word.text)
def test_each_step_has_an_example_that_is_one_of_it(entry, tmp_path) -> None:
    """Each example is understood as this very step, with its table."""
    from pytest_bdd.feature import get_feature

    from gate.vocabulary import matches, steps

    assert entry.examples, "show it in use: @example of gate.words"
    (tmp_path / "x.feature").write_text("Feature: x\n  Scenario: y\n" + "\n".join(entry.examples))
    feature = get_feature(str(tmp_path), "x.feature")
    for step in steps(feature):
        (found,) = matches(step, contexts())
        assert found.step_func.__code__.co_firstlineno == entry.word.line
        assert re.fullmatch(pattern(found.parser).replace("(?<", "(?P<"), step.name), "what editors know it by"
    said = [problem.message for problem in Vocabulary(contexts(), ROOT).problems(feature)]
    assert [one for one in said if not one.startswith(("nothing is given", "nobody uses what"))] == []
