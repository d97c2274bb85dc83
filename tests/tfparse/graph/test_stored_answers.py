"""What a root has answered in an earlier run is taken over where all that it rests on is as it was, and nowhere else."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import pytest

from readers.account.account import Weight
from tfparse import Infra, Root, load
from tfparse.cty.identity import identical
from tfparse.cty.plain_data import NotPlainError, packed, unpacked
from tfparse.cty.values import Unknown, number, string, tuple_
from tfparse.diagnostics import Origin
from tfparse.graph.stored_answers import StoredAnswers
from tfparse.source.snapshot import Snapshot

FILES = {
    "web/main.tf": """
variable "size" { default = 1 }
resource "x" "web" {
  size  = var.size
  text  = file("link.txt")
  other = fileexists("maybe.txt")
  token = var.token
  names = join(",", sort(fileset(path.module, "*.txt")))
}
variable "token" { default = "hunter2000" }
""",
    "shared/text.txt": "words",
    "mail/main.tf": 'resource "x" "mail" { text = file("../shared/text.txt") }\n',
    "other/main.tf": 'resource "x" "other" {}\n',
    "README.md": "words",
}
ASKED: list[str] = []


def shown(root: Root, name: str) -> list[tuple[str, str | Unknown, bool, Origin | None]]:
    """What the resources of a root have in an attribute."""
    ASKED.append(root.path)
    found = ((r.address, r.body.attribute(name)) for r in root.resources())
    return [(address, str(v.raw), v.marks != 0, v.origin) for address, v in found if v is not None]


def resources(root: Root) -> list[object]:
    """What is no plain data."""
    ASKED.append(root.path)
    return list(root.resources())


QUESTIONS = ("size", "text", "other", "token", "names")


class Home:
    def __init__(self, folder: Path) -> None:
        self.infra, self.file = folder / "infra", folder / "cache" / "a.roots"
        for name, text in FILES.items():
            self.write(name, text)
        (self.infra / "web/link.txt").symlink_to("../shared/text.txt")

    def write(self, name: str, text: str) -> None:
        (self.infra / name).parent.mkdir(parents=True, exist_ok=True)
        (self.infra / name).write_text(text)

    def replace(self, name: str, text: str) -> None:
        (self.infra / name).unlink()
        self.write(name, text)

    def run(self, key: str = "one") -> tuple[list[object], set[str], Infra]:
        """What all roots say, and which of them were asked for that."""
        ASKED.clear()
        infra = load(self.infra)
        infra.stored = StoredAnswers(self.file, lambda: key, Snapshot(self.infra))
        said = [infra.ask(shown, name) for name in QUESTIONS]
        infra.stored.save(infra.rests_on)
        return list(said), set(ASKED), infra

    def cold(self) -> list[object]:
        infra = load(self.infra)
        return [infra.ask(shown, name) for name in QUESTIONS]


@pytest.fixture
def home(tmp_path: Path) -> Home:
    home = Home(tmp_path)
    assert home.run()[1] == {"web", "mail", "other"}
    return home


def test_what_is_as_it_was_is_not_asked_again(home: Home) -> None:
    said, asked, _ = home.run()
    assert (said, asked) == (home.cold(), set())


CHANGES: dict[str, tuple[Callable[[Home], object], set[str]]] = {
    "its source": (lambda home: home.write("web/main.tf", FILES["web/main.tf"] + "\n"), {"web"}),
    "a file more in it": (lambda home: home.write("other/more.tf", 'resource "x" "more" { size = 3 }\n'), {"other"}),
    "values for its variables": (lambda home: home.write("web/terraform.tfvars", "size = 4\n"), {"web"}),
    "what it sought and is absent": (lambda home: home.write("web/maybe.txt", ""), {"web"}),
    "a file that it listed": (lambda home: home.write("web/new.txt", ""), {"web"}),
    "a file behind a link, which another reads": (lambda home: home.write("shared/text.txt", "new"), {"web", "mail"}),
    "a link": (lambda home: home.replace("web/link.txt", "words"), {"web"}),
    "what nobody reads": (lambda home: home.write("README.md", "new"), set()),
    "what is a secret, elsewhere": (
        lambda home: home.write(
            "caller/main.tf",
            'module "w" {\n  source = "../web"\n}\nresource "kubernetes_secret" "s" {\n  data = module.w.token\n}\n'
            'output "t" {\n  value = module.w\n  sensitive = true\n}\n',
        ),
        {"caller"},
    ),
}


@pytest.mark.parametrize(("change", "asked"), CHANGES.values(), ids=CHANGES)
def test_who_rests_on_a_change_is_asked_again(home: Home, change: Callable[[Home], object], asked: set[str]) -> None:
    change(home)
    said, again, _ = home.run()
    assert said == home.cold()
    assert again == asked
    assert home.run()[:2] == (said, set())


def test_a_secret_that_another_root_makes_one_is_one(home: Home) -> None:
    """Only what the root was told of secrets is otherwise: all that it has read is as it was."""
    home.write(
        "web/main.tf", 'resource "x" "web" { token = module.m.token }\nmodule "m" {\n source = "../modules/m"\n}\n'
    )
    home.write(
        "modules/m/main.tf", 'output "token" {\n  value = var.token\n}\nvariable "token" { default = "hunter-2000" }\n'
    )
    home.run()
    text = 'module "m" {\n source = "../modules/m"\n}\nresource "kubernetes_secret" "s" {\n  data = { a = module.m.token }\n}\n'
    home.write("other/main.tf", text)
    said, asked, infra = home.run()
    assert said == home.cold()
    assert asked == {"web", "other"}
    assert any(is_secret for _, _, is_secret, _ in infra.ask(shown, "token"))
    home.write("other/more.tf", "# hunter-2000 stands in the open\n")
    said, asked, infra = home.run()
    assert said == home.cold()
    assert asked == {"web", "other"}
    assert not any(is_secret for _, _, is_secret, _ in infra.ask(shown, "token"))


def test_a_text_that_was_made_of_a_secret_is_still_known_for_one(home: Home) -> None:
    home.write(
        "web/main.tf", 'resource "x" "web" { token = base64encode(var.t) }\nvariable "t" {\n sensitive = true\n}\n'
    )
    home.write("web/terraform.tfvars", 't = "hunter-2000"\n')
    made = home.run()[2].tree.made_of_secrets
    again = home.run()[2].tree.made_of_secrets
    assert made
    assert made == again


def test_no_answer_can_be_read_without_what_it_came_of(home: Home) -> None:
    home.write("web/terraform.tfvars", 'size = "a-very-special-size"\n')
    home.run()
    assert b"a-very-special-size" not in home.file.read_bytes()
    assert b"hunter2000" not in home.file.read_bytes()


FORGED: dict[str, Callable[[Home], object]] = {
    "damage": lambda home: home.file.write_bytes(home.file.read_bytes()[:-1] + b"x"),
    "another's hand": lambda home: home.file.chmod(0o666),
    "nothing": lambda home: home.file.write_bytes(b""),
}


@pytest.mark.parametrize("forge", FORGED.values(), ids=FORGED)
def test_a_file_that_is_not_ours_and_whole_is_not_believed(home: Home, forge: Callable[[Home], object]) -> None:
    forge(home)
    assert home.run()[:2] == (home.cold(), {"web", "mail", "other"})


def test_another_key_knows_nothing(home: Home) -> None:
    assert home.run("two")[1] == {"web", "mail", "other"}


def test_what_is_no_plain_data_is_asked_each_time(home: Home) -> None:
    for _ in range(2):
        _, _, infra = home.run()
        assert infra.stored is not None
        infra.ask(resources)
        infra.stored.save(infra.rests_on)
        assert {"web", "mail", "other"} <= set(ASKED)


@pytest.mark.parametrize("one", [print, Path("x"), StoredAnswers, object(), {1, 2}, [Infra]])
def test_only_plain_data_is_kept(one: object) -> None:
    with pytest.raises(NotPlainError):
        packed([one])


@pytest.mark.parametrize(
    "forged",
    [
        (5, "os", "system", "true"),
        (5, "tfparse.cty.plain_data", "import_module", "antigravity"),
        (5, "tfparse.infra", "Infra"),
        (5, "tfparse.cty.values", "Unknown", "too", "many", "parts", "here"),
        (6, "os", "system"),
        (6, "tfparse.infra", "Infra"),
        (6, "tfparse.cty.plain_data", "import_module"),
        (9, "x"),
        ("x",),
    ],
    ids=str,
)
def test_only_plain_data_is_read(forged: object) -> None:
    with pytest.raises(NotPlainError):
        unpacked(forged)


PLAIN = [
    None, True, 3, "text", (1, ("a",)), [{"a": 1}], frozenset({"b", "a"}), Fraction(1, 3), Origin("a.tf", 3),
    Unknown("why", Origin("a.tf", 3)), load, string("x", Origin("a.tf", 1)), tuple_((string("x"), number(1)), None), Weight.NOTE,
]  # fmt: skip


@pytest.mark.parametrize(
    "one", PLAIN, ids=lambda one: repr(sorted(one) if isinstance(one, frozenset) else getattr(one, "__name__", one))
)
def test_plain_data_is_the_same_once_it_is_read_again(one: object) -> None:
    assert identical(unpacked(packed(one)), one)
