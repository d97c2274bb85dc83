"""postconf says what it finds in a main.cf, and what its parameters come to."""

from __future__ import annotations

import pytest

from readers import Malformed, NotProven
from readers.postfix.main_cf import read_main_cf
from readers.postfix.postconf import examine_main_cf, value_by_postconf
from tests.readers.documents import FILE, template
from tfparse import Origin
from tfparse.cty.values import SECRET, Part, text

pytestmark = pytest.mark.needs("postconf")

GOOD = """\
# Rate limits
smtpd_client_connection_rate_limit = 10
anvil_rate_time_unit = 60s
smtpd_client_event_limit_exceptions =
    $mynetworks,
# a comment within
    10.3.2.10
relayhost = [smtp.example.net]:587
"""


def examined(text: str) -> tuple[list[tuple[str, int]], list[tuple[str, int]]]:
    examination = examine_main_cf(read_main_cf(template(text)))
    return tuple([(said, at.line) for said, at in remarks] for remarks in (examination.faults, examination.notes))


def test_a_good_text_has_no_faults() -> None:
    assert examined(GOOD) == ([], [])


@pytest.mark.parametrize(("name", "value"), [
    ("smtpd_client_connection_rate_limit", "10"),
    ("anvil_rate_time_unit", "60s"),
    ("smtpd_client_event_limit_exceptions", "$mynetworks, 10.3.2.10"),
    ("relayhost", "[smtp.example.net]:587"),
    ("mynetworks", None),
    ("smtpd_client_message_rate_limit", None),
])  # fmt: skip
def test_a_value_is_what_postconf_shows(name: str, value: str | None) -> None:
    assert value_by_postconf(read_main_cf(template(GOOD)), name) == value


def test_mynetworks_of_its_own() -> None:
    main_cf = read_main_cf(template(GOOD + "mynetworks = 192.0.2.0/24\n"))
    assert value_by_postconf(main_cf, "mynetworks") == "192.0.2.0/24"
    assert examine_main_cf(main_cf).faults == ()


@pytest.mark.parametrize(("line", "said"), [
    ("smtpd_client_conection_rate_limit = 10", "unused parameter: smtpd_client_conection_rate_limit=10"
     " (is it smtpd_client_connection_rate_limit?)"),
    ("anvil_rate_time_units = 60s", "unused parameter: anvil_rate_time_units=60s (is it anvil_rate_time_unit?)"),
    ("relayhsot = x", "unused parameter: relayhsot=x (is it relayhost?)"),
    ("smtpd_client_message_rate_limit = ten", "smtpd_client_message_rate_limit = ten, by default 0;"
     ' Postfix\' daemons end with bad numerical configuration: "ten"'),
    ("smtpd_client_message_rate_limit = 30/m", "smtpd_client_message_rate_limit = 30/m, by default 0;"
     ' Postfix\' daemons end with bad numerical configuration: "30/m"'),
    ("smtpd_client_message_rate_limit =", "smtpd_client_message_rate_limit = , by default 0;"
     ' Postfix\' daemons end with bad numerical configuration: ""'),
    ("smtpd_timeout = 5 fortnights", "smtpd_timeout = 5 fortnights, by default "
     "${stress?{10}:{300}}s"),
    ("queue_run_delay = 5y", "queue_run_delay = 5y, by default 300s;"
     ' Postfix\' daemons end with bad time value or unit: "5y"'),
])  # fmt: skip
def test_a_fault_is_quoted_with_its_line(line: str, said: str) -> None:
    faults, notes = examined(f"{GOOD}{line}\n")
    if "stress" in said:  # its default is no plain time: it is not judged
        assert faults == []
    else:
        assert faults == [(f"postconf: {said}", 9)]
    assert notes == []


def test_a_number_in_a_continuation_line() -> None:
    faults, _ = examined(GOOD + "message_size_limit =\n  10\n  20\n")
    assert [line for _, line in faults] == [9]


@pytest.mark.parametrize("line", [
    "compatibility_level = 3.6", "lmtp_tcp_port = lmtp", "milter_protocol = 2", "smtpd_milters = inet:localhost:11332",
    "message_size_limit = $mailbox_size_limit", "smtpd_client_message_rate_limit = ${limit}",
])  # fmt: skip
def test_what_may_be_other_text_is_no_fault(line: str) -> None:
    faults, _ = examined(f"{GOOD}{line}\n")
    assert faults == []


def test_a_parameter_of_another_file_is_a_note() -> None:
    """docker-mailserver's own main.cf uses it: this text is only appended."""
    assert examined(GOOD + "dms_smtpd_sender_restrictions = permit_mynetworks\n") == (
        [], [("postconf: unused parameter: dms_smtpd_sender_restrictions=permit_mynetworks", 9)]
    )  # fmt: skip


def test_what_is_overridden_is_a_note() -> None:
    text = GOOD + "relayhost = a\n# twice\nanvil_rate_time_unit = 1m\nrelayhost = b\n"
    assert examined(text) == ([], [
        ("postconf: overriding earlier entry: relayhost=[smtp.example.net]:587", 9),
        ("postconf: overriding earlier entry: anvil_rate_time_unit=60s", 11),
        ("postconf: overriding earlier entry: relayhost=a", 12),
    ])  # fmt: skip
    main_cf = read_main_cf(template(text))
    assert [value_by_postconf(main_cf, name) for name in ("relayhost", "anvil_rate_time_unit")] == ["b", "1m"]


def test_a_reference_to_nothing_is_a_note() -> None:
    assert examined(GOOD + "mynetworks = $dms_networks\n") == ([], [("postconf: undefined parameter: dms_networks", 1)])


def test_what_postfix_refuses_is_a_fault() -> None:
    main_cf = read_main_cf(template(GOOD + "mynetworks = ${dms {networks\n"))
    ((said, _), *_) = examine_main_cf(main_cf).faults
    assert said.startswith("postconf: ")
    with pytest.raises(Malformed, match="^main.cf: postconf: "):
        value_by_postconf(main_cf, "relayhost")


def test_what_is_not_known_is_not_written() -> None:
    main_cf = read_main_cf(
        template("${more}\n   ${and_more}\nsmtp_sasl_password_maps = static:user:${password}\n" + GOOD)
    )
    assert examine_main_cf(main_cf).faults == ()
    assert value_by_postconf(main_cf, "relayhost") == "[smtp.example.net]:587"


def test_a_secret_is_not_written() -> None:
    main_cf = read_main_cf(template(GOOD).marked())
    with pytest.raises(NotProven, match="^postconf is not shown what is not known, or secret, in relayhost$"):
        value_by_postconf(main_cf, "relayhost")


@pytest.mark.parametrize("line", ["smtpd_client_message_rate_limit = hunter2", "relayhosd = hunter2"])
def test_what_is_said_of_a_secret_is_not_shown(line: str) -> None:
    """Terraform does not call it sensitive, so that postconf is given it."""
    parts = Part(GOOD, Origin(FILE, 1), True), Part(f"{line}\n", Origin("b.tf", 7), False, SECRET)
    examination = examine_main_cf(read_main_cf(text(parts, marks=SECRET)))
    hidden = "postconf objects to a line that holds a secret: what it says is not shown"
    assert (examination.faults, examination.notes) == (((hidden, Origin("b.tf", 7)),), ())


def test_a_placeholder_is_told() -> None:
    (note,) = examine_main_cf(read_main_cf(template(GOOD).marked())).notes
    assert note.said == "postconf is given a placeholder in place of what is sensitive"
