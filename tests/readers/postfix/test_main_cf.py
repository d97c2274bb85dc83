from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import Phase, given, note, settings
from hypothesis import strategies as st

import tests.readers.real_programs as programs
from readers import Malformed, Missing
from readers.postfix.main_cf import MainCf, integer, read_main_cf, time_seconds
from tests.readers.record_programs import cases, recorded
from tfparse.cty.values import Part, Unknown, Value, string, text
from tfparse.diagnostics import Origin, UnknownValueError

HIDDEN = Unknown("var.hidden has no value", Origin("variables.tf", 3))


def main_cf(content: str) -> MainCf:
    return read_main_cf(string(content, Origin("main.cf", 1), verbatim=True))


def part_known(*pieces: str | Unknown) -> MainCf:
    parts: list[Part] = []
    line = 1
    for piece in pieces:
        parts.append(Part(piece, Origin("main.cf", line), True))
        line += piece.count("\n") if isinstance(piece, str) else 0
    return read_main_cf(text(tuple(parts)))


# -- as Postfix says ------------------------------------------------------------------------------


def agrees(content: str, said: dict[str, Any], parameters: set[str]) -> None:
    """The reader and postconf make the same of a text; white space counts as one blank, as postconf shows it."""
    if (error := re.match(r"line (\d+): (.*)", said.get("refused", ""))) is not None:
        with pytest.raises(Malformed) as refused:
            main_cf(content)
        assert refused.value.origin == Origin("main.cf", int(error[1]))
        assert re.sub(r"[\t\r\v\f]", "?", refused.value.problem) == error[2]
        return
    read = main_cf(content)
    if "values" in said:
        values = {name: setting.text for name in read.names() if (setting := read.parameter(name))}
        assert shown(values, parameters) == {n: v for n, v in said["values"].items() if n in parameters}
    expanded, problems = expansions(read)
    if said.get("expanded") is None:
        assert problems
    else:
        assert Malformed not in problems
        assert shown(expanded, parameters).items() <= said["expanded"].items()


def expansions(read: MainCf) -> tuple[dict[str, str], set[type]]:
    """The values that the text tells, and in what ways others do not: Postfix refuses them (Malformed), or they
    refer to a parameter whose default only Postfix knows."""
    found: dict[str, str] = {}
    problems: set[type] = set()
    for name in read.names():
        try:
            found[name] = read.expand(name) or ""
        except (UnknownValueError, Malformed) as error:
            problems.add(type(error))
    return found, problems


def shown(values: dict[str, str], parameters: set[str]) -> dict[str, str]:
    return {n: re.sub(r"[ \t\r\n]+", " ", v).strip(" ") for n, v in values.items() if n in parameters}


PARAMETERS = set(re.findall(r"[a-z_]{7,}", " ".join(cases("postfix/main_cf").values())))


@pytest.mark.parametrize("case", cases("postfix/main_cf"))
def test_reads_as_postfix_does(case: str) -> None:
    agrees(cases("postfix/main_cf")[case], recorded("postfix/main_cf")[case], PARAMETERS)


@programs.needs("postconf")
def test_postfix_still_says_so() -> None:
    texts = list(cases("postfix/main_cf").values())
    for content, said in zip(texts, programs.each(programs.postconf, texts), strict=True):
        agrees(content, said, PARAMETERS)


# Not mydomain: postconf puts it behind the name of the machine and expands the two again, and so complains of text
# that is not in the file.
NAMES = ["relayhost", "mail_name", "smtpd_banner", "smtp_helo_name"]
WORDS = st.sampled_from(
    [
        "a",
        "b c",
        "10",
        "#x",
        "=",
        ",",
        "$$",
        "$mail_name",
        "${relayhost}",
        "$(smtpd_banner)",
        "${mail_name?yes}",
        "${relayhost:no}",
        "${relayhost?{y}:{n}}",
        "${{$mail_name} == {a} ? {t} : {f}}",
        "${mail_name?$relayhost}",
        "$",
    ]
)
VALUES = st.lists(WORDS, max_size=3).map(" ".join)
ASSIGNMENTS = st.builds("{}{}{}".format, st.sampled_from(NAMES), st.sampled_from(["=", " = ", " =", "\t=  "]), VALUES)
LINES = st.one_of(
    ASSIGNMENTS,
    ASSIGNMENTS,
    ASSIGNMENTS,
    VALUES.map("  {}".format),
    VALUES.map("\t{}".format),
    ASSIGNMENTS.map("#{}".format),
    ASSIGNMENTS.map("  # {}".format),
    st.sampled_from(["", "   ", "relayhost", "= a"]),
)
TEXTS = st.lists(LINES, max_size=8).map("\n".join)


@programs.needs("postconf")
@settings(max_examples=5, deadline=None, phases=[Phase.generate])  # shrinking would wait for many a sleep
@given(st.lists(TEXTS, min_size=16, max_size=16))
def test_reads_any_text_as_postfix_does(texts: list[str]) -> None:
    for content, said in zip(texts, programs.each(programs.postconf, texts), strict=True):
        note(content)
        agrees(content, said, set(NAMES))


# -- origins and history --------------------------------------------------------------------------

TEXT = """\
# smtpd_client_connection_rate_limit = 1
smtpd_client_connection_rate_limit = 50
mynetworks =
  127.0.0.0/8
smtpd_client_connection_rate_limit = 10
"""


def test_a_setting_knows_the_line_that_decides() -> None:
    setting = main_cf(TEXT).required("smtpd_client_connection_rate_limit")
    assert (setting.text, setting.origin) == ("10", Origin("main.cf", 5))


def test_a_continued_setting_stands_where_its_name_does() -> None:
    assert main_cf(TEXT).required("mynetworks").origin == Origin("main.cf", 3)


def test_what_is_not_assigned_is_missing() -> None:
    assert main_cf(TEXT).parameter("relayhost") is None
    with pytest.raises(Missing, match="no assignment of relayhost in main.cf"):
        main_cf(TEXT).required("relayhost")
    with pytest.raises(Missing, match=r"main.cf \(it has smtpd_client_connection_rate_limit"):
        main_cf(TEXT).required("smtpd_client_conection_rate_limit")


def test_a_reference_to_what_is_not_assigned_is_unknown() -> None:
    with pytest.raises(UnknownValueError, match=r"\$mynetworks is not assigned in this main.cf"):
        main_cf("smtpd_client_event_limit_exceptions = $mynetworks").expand("smtpd_client_event_limit_exceptions")


# -- what is not known ----------------------------------------------------------------------------


def state(read: MainCf, name: str) -> str | None:
    """The value; ``"?"`` where it is unknown, None where it is certainly not assigned."""
    setting = read.parameter(name)
    if setting is None or setting.value.unknown is None:
        return None if setting is None else setting.text
    with pytest.raises(UnknownValueError, match="var.hidden has no value"):
        _ = setting.text
    return "?"


def test_an_unknown_value_makes_its_parameter_unknown() -> None:
    read = part_known("relayhost = [", HIDDEN, "]:587\nmydomain = x\n")
    assert (state(read, "relayhost"), state(read, "mydomain"), state(read, "mynetworks")) == ("?", "x", None)


def test_an_unknown_value_may_be_overridden() -> None:
    assert state(part_known("mydomain = ", HIDDEN, "\nmydomain = x\n"), "mydomain") == "x"


def test_an_unknown_stretch_in_a_continuation_is_part_of_the_value() -> None:
    read = part_known("mynetworks = 127.0.0.0/8\n  ", HIDDEN, "/32\nmydomain = x\n")
    assert (state(read, "mynetworks"), state(read, "mydomain"), state(read, "relayhost")) == ("?", "x", None)


def test_an_unknown_stretch_in_a_comment_is_a_comment() -> None:
    read = part_known("mydomain = x\n# ", HIDDEN, "\n")
    assert (state(read, "mydomain"), state(read, "relayhost")) == ("x", None)


@pytest.mark.parametrize(
    "pieces",
    [
        ("mydomain = x\n", HIDDEN, "\n"),  # alone on a line
        ("mydomain = x\n  ", HIDDEN, "  \n"),  # alone, and indented
        ("mydomain = x\n", HIDDEN, "\n  continued\n"),
        ("mydomain = x\n", HIDDEN, " = y\n"),  # a name
        ("mydomain = x\n", HIDDEN, "_domain = y\n"),
        ("mydomain = x\nmy", HIDDEN, " = y\n"),
        ("mydomain = x\nmydom", HIDDEN, "\n"),  # perhaps a name, perhaps more
        ("mydomain = x\nrelayhost ", HIDDEN, "\n"),
    ],
)
def test_an_unknown_stretch_that_could_assign_anything_does(pieces: tuple[str | Unknown, ...]) -> None:
    read = part_known(*pieces, "mynetworks = y\n")
    assert [state(read, name) for name in ("mydomain", "relayhost", "mynetworks")] == ["?", "?", "y"]


def test_a_text_that_is_not_known_could_assign_anything() -> None:
    assert state(part_known(HIDDEN), "relayhost") == "?"


def test_an_expansion_of_an_unknown_is_unknown() -> None:
    with pytest.raises(UnknownValueError, match="var.hidden has no value"):
        part_known("mydomain = ", HIDDEN, "\nmyorigin = $mydomain\n").expand("myorigin")


def test_an_origin_is_a_line_of_the_source() -> None:
    value = Value(string("").type, "relayhost = a\nmydomain = b\n", Origin("main.tf", 7))
    assert read_main_cf(value).required("mydomain").origin == Origin("main.tf", 7)


# -- numbers and times ----------------------------------------------------------------------------


@pytest.mark.parametrize(("value", "number"), [("10", 10), (" 10", 10), ("+10", 10), ("010", 10), ("-1", -1), ("0", 0)])
def test_integers(value: str, number: int) -> None:
    assert integer(value) == number


@pytest.mark.parametrize("value", ["", "ten", "10s", "10 # per minute", "1.5", "10 20", "0x10", "99999999999", "٣"])
def test_no_integers(value: str) -> None:
    with pytest.raises(Malformed, match="bad numerical configuration"):
        integer(value)


# postconf(5): "Time units: s (seconds), m (minutes), h (hours), d (days), w (weeks)."
@pytest.mark.parametrize(
    ("value", "seconds"),
    [("60s", 60), ("60", 60), ("1m", 60), ("0", 0), ("2h", 7200), ("1d", 86400), ("1w", 604800), ("60seconds", 60)],
)
def test_times(value: str, seconds: int) -> None:
    assert time_seconds(value) == seconds


def test_a_time_without_unit_has_the_parameters_own() -> None:
    assert time_seconds("5", default_unit="d") == 432000


@pytest.mark.parametrize("value", ["", "s60", "-1s", "60 s", "1M", "60x", "99999999999s", "99999999w"])
def test_no_times(value: str) -> None:
    with pytest.raises(Malformed, match="bad time value or unit"):
        time_seconds(value)


# -- what must not be shown -----------------------------------------------------------------------


def secret(content: str) -> MainCf:
    return read_main_cf(string(content, Origin("main.cf", 1), verbatim=True).marked())


def test_a_sensitive_setting_is_read_but_not_shown() -> None:
    setting = secret("relayhost = hunter2").required("relayhost")
    assert (setting.text, setting.shown) == ("hunter2", "(not shown: secret)")


@pytest.mark.parametrize("content", ["hunter2", "relayhost = ${hunter2"])
def test_an_error_tells_no_secret(content: str) -> None:
    with pytest.raises(Malformed) as refused:
        secret(content).required("relayhost")
    assert "hunter2" not in str(refused.value)


def test_references_that_double_are_not_followed_for_ever() -> None:
    doubling = "".join(f"x{n} = $x{n + 1}$x{n + 1}\n" for n in range(60))
    with pytest.raises(UnknownValueError, match="more than 10000 references"):
        main_cf(f"{doubling}x60 = 3\n").expand("x0")
    assert main_cf(f"{doubling}x60 = 3\n").expand("x50") == "3" * 1024


@pytest.mark.parametrize("read", [integer, time_seconds])
def test_a_number_of_more_digits_than_python_reads_is_refused(read: Any) -> None:
    with pytest.raises(Malformed, match="bad "):
        read("9" * 5000)


def test_numbers_of_any_length_are_compared() -> None:
    assert main_cf("a = ${{" + "9" * 5000 + "} > {" + "8" * 5000 + "} ? {more} : {less}}\n").expand("a") == "more"
