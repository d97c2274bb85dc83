from __future__ import annotations

import re

import pytest

import tests.readers.real_programs as programs
from readers import Malformed
from readers.postfix.master_cf import Listener, listener_in_script, read_listeners
from tests.readers.record_programs import cases, recorded
from tfparse.cty.values import Part, Unknown, Value, string, text
from tfparse.diagnostics import Origin, UnknownValueError

HIDDEN = Unknown("var.hidden has no value", Origin("variables.tf", 3))


def listeners(content: str) -> list[Listener]:
    return read_listeners(string(content, Origin("master.cf", 1), verbatim=True).lines())


def agrees(content: str, said: dict[str, str]) -> None:
    if "refused" in said:
        with pytest.raises(Malformed, match="a line is no service"):
            listeners(content)
        return
    found = {f"{one.port}/{name}": value for one in listeners(content) for name, value in one.options.items()}
    assert found == {re.sub(r"^(?:\S*:)?(\d+)/inet/", r"\1/", name): value for name, value in said.items()}


@pytest.mark.parametrize("case", cases("postfix/master_cf"))
def test_reads_options_as_postfix_does(case: str) -> None:
    agrees(cases("postfix/master_cf")[case], recorded("postfix/master_cf")[case])


@programs.needs("postconf")
def test_postfix_still_says_so() -> None:
    texts = list(cases("postfix/master_cf").values())
    for content, said in zip(texts, programs.each(programs.master_cf, texts), strict=True):
        agrees(content, said)


@pytest.mark.parametrize(
    ("service", "port"),
    [("2525", 2525), ("smtp", 25), ("submission", 587), ("smtps", 465), ("submissions", 465), ("10.0.0.1:smtp", 25)],
)
def test_ports_by_name_and_number(service: str, port: int) -> None:
    assert [listener.port for listener in listeners(f"{service} inet n - n - - smtpd\n")] == [port]


@pytest.mark.parametrize(
    ("service", "why"),
    [
        ("2525 inet nx - n - 1 postscreen", '"nx" stands where'),
        ("2525 inet n - nx - - smtpd", '"nx" stands where'),
        ("2525 inet y - n - - smtpd", "an inet service is private"),
        ("2525 inet - - n - - smtpd", "an inet service is private"),
        ("2525 inet n - n - 2 postscreen", "requires a process limit of 1"),
        ("2525 inet n - n - 0 postscreen", "requires a process limit of 1"),
        ("2525 inet n - n - - postscreen", "requires a process limit of 1"),
    ],
)
def test_services_that_master_does_not_start(service: str, why: str) -> None:
    """Each was put to the master of Postfix 3.7.11, which ended, or whose postscreen did."""
    with pytest.raises(Malformed, match=why):
        listeners(service)


def test_other_types_do_not_listen() -> None:
    assert listeners("pickup unix n - n 60 1 pickup\n") == []


@pytest.mark.parametrize(
    ("service", "required"),
    [
        ("2525 inet n - n - 1 postscreen -o postscreen_upstream_proxy_protocol=haproxy", True),
        ("2525 inet n - n - - smtpd -o smtpd_upstream_proxy_protocol=haproxy", True),
        ("2525 inet n - n - - smtpd -o { smtpd_upstream_proxy_protocol = haproxy }", True),
        ("2525 inet n - n - - smtpd", False),
        ("2525 inet n - n - - smtpd -o smtpd_upstream_proxy_protocol=", False),
        ("2525 inet n - n - - smtpd -o smtpd_upstream_proxy_protocol='haproxy'", False),
        ("2525 inet n - n - - smtpd -o smtpd_upstream_proxy_protocol=haproxy -o smtpd_upstream_proxy_protocol=", False),
        # each program reads its own parameter only
        ("2525 inet n - n - 1 postscreen -o smtpd_upstream_proxy_protocol=haproxy", False),
        ("2525 inet n - n - - smtpd -o postscreen_upstream_proxy_protocol=haproxy", False),
    ],
)
def test_the_proxy_protocol(service: str, required: bool) -> None:
    (listener,) = listeners(service)
    assert listener.requires_proxy is required


def test_a_parameter_of_main_cf_is_not_known() -> None:
    (listener,) = listeners("2525 inet n - n - - smtpd -o smtpd_upstream_proxy_protocol=$protocol")
    with pytest.raises(UnknownValueError, match=r"what \$protocol stands for is not known here"):
        _ = listener.requires_proxy


# -- scripts --------------------------------------------------------------------------------------

SCRIPT = """\
#!/bin/bash
set -euo pipefail
MASTER_CF=/etc/postfix/master.cf
# cat >> "$MASTER_CF" <<'OFF'
if ! grep -qF '# listeners' "$MASTER_CF"; then
  cat >> "$MASTER_CF" <<'END'

# listeners
2525      inet  n       -       n       -       1       postscreen
  -o syslog_name=postfix/proxy
  # of the load balancer
  -o postscreen_upstream_proxy_protocol=haproxy
5587      inet  n       -       n       -       -       smtpd
END
fi
cat > /etc/other.conf <<END
4465 inet n - n - - smtpd
END
"""


def script(content: str = SCRIPT) -> Value:
    return string(content, Origin("main.tf", 101), verbatim=True)


def test_a_listener_that_a_script_appends() -> None:
    listener = listener_in_script(script(), 2525)
    assert listener is not None
    assert (listener.command, listener.requires_proxy, listener.origin) == ("postscreen", True, Origin("main.tf", 109))


def test_a_listener_without_the_protocol() -> None:
    listener = listener_in_script(script(), 5587)
    assert listener is not None
    assert not listener.requires_proxy


def test_what_goes_elsewhere_is_no_listener() -> None:
    assert listener_in_script(script(), 4465) is None


@pytest.mark.parametrize(
    "command",
    [
        "cat >> /etc/postfix/master.cf <<END",
        "cat <<END >> /etc/postfix/master.cf",
        "cat >/etc/postfix/master.cf <<-'END'",
        'cat <<"END" | tee -a "/etc/postfix/master.cf" >/dev/null',
        "export F=/etc/postfix/master.cf\ncat >>${F} << END",
    ],
)
def test_ways_to_append(command: str) -> None:
    written = script(f"{command}\n2525 inet n - n - - smtpd\n  -o smtpd_upstream_proxy_protocol=haproxy\nEND\n")
    listener = listener_in_script(written, 2525)
    assert listener is not None
    assert listener.requires_proxy


def test_the_shell_joins_lines_where_the_word_is_not_quoted() -> None:
    lines = "2525 inet n - n - - smtpd \\\n  -o smtpd_upstream_proxy_protocol=haproxy\nEND\n"
    joined = listener_in_script(script(f"cat >> master.cf <<END\n{lines}"), 2525)
    verbatim = listener_in_script(script(f"cat >> master.cf <<'END'\n{lines}"), 2525)
    assert [joined and joined.requires_proxy, verbatim and verbatim.requires_proxy] == [True, False]


@pytest.mark.parametrize(
    "command",
    ["# cat >> master.cf <<END", "cat <<END", "cat <<<master.cf", "cat >> main.cf <<END", "cat > x <<master.cf"],
)
def test_what_is_not_appended(command: str) -> None:
    assert listener_in_script(script(f"{command}\n2525 inet n - n - - smtpd\nEND\n"), 2525) is None


@pytest.mark.parametrize(
    "command",
    [
        "postconf -M 2525/inet='2525 inet n - n - - smtpd'",
        "postconf -eP 2525/inet/smtpd_upstream_proxy_protocol=haproxy",
        "sed -i 's/^smtp /2525 /' /etc/postfix/master.cf",
        "echo '2525 inet n - n - - smtpd' >> /etc/postfix/master.cf",
    ],
)
def test_other_changes_to_master_cf_are_not_read(command: str) -> None:
    with pytest.raises(UnknownValueError, match="the script may change master.cf by: ") as doubt:
        listener_in_script(script(f"set -e\n{command}\n"), 2525)
    assert doubt.value.origin == Origin("main.tf", 102)
    assert listener_in_script(script(f"# {command}\n"), 2525) is None


def part_known(*pieces: str | Unknown) -> Value:
    return text(tuple(Part(piece, Origin("main.tf", 101), True) for piece in pieces))


@pytest.mark.parametrize("command", [">> master.cf <<END", "catx >> master.cf <<END", "sed s/n/y/ >> master.cf <<END"])
def test_what_another_command_writes_is_not_known(command: str) -> None:
    with pytest.raises(UnknownValueError, match="what this writes to master.cf"):
        listener_in_script(script(f"{command}\n2525 inet n - n - - smtpd\nEND\n"), 2525)


def test_an_unknown_option_of_another_kind_does_not_matter() -> None:
    known = part_known("cat >> master.cf <<'END'\n2525 inet n - n - - smtpd\n  -o syslog_name=", HIDDEN,
                       "\n  -o smtpd_upstream_proxy_protocol=haproxy\nEND\necho ", HIDDEN, "\n")
    listener = listener_in_script(known, 2525)
    assert listener is not None
    assert listener.requires_proxy
    assert listener_in_script(known, 25) is None


@pytest.mark.parametrize(
    "pieces",
    [
        ("2525 inet n - n - - smtpd\n  -o smtpd_upstream_proxy_protocol=", HIDDEN, "\n"),
        ("2525 inet n - n - - smtpd -o smtpd_upstream_proxy_protocol=haproxy\n  ", HIDDEN, "\n"),
        ("2525 inet n - n - - smtpd -o ", HIDDEN, "=haproxy\n"),
        ("2525 inet n - n - - smtpd -o ", HIDDEN, "\n"),
        ("2525 inet n - n - - ", HIDDEN, " -o smtpd_upstream_proxy_protocol=haproxy\n"),
        (HIDDEN, " inet n - n - - smtpd -o smtpd_upstream_proxy_protocol=haproxy\n"),
        (HIDDEN, "\n"),
    ],
)
def test_an_option_that_is_not_known(pieces: tuple[str | Unknown, ...]) -> None:
    with pytest.raises(UnknownValueError, match="var.hidden has no value"):
        _ = listener_in_script(part_known("cat >> master.cf <<'END'\n", *pieces, "END\n"), 2525).requires_proxy


@pytest.mark.parametrize("pieces", [(HIDDEN,), ("set -e\n", HIDDEN, "\n"), ("  ", HIDDEN, "\necho done\n")])
def test_a_script_that_is_not_known(pieces: tuple[str | Unknown, ...]) -> None:
    with pytest.raises(UnknownValueError, match="var.hidden has no value"):
        listener_in_script(part_known(*pieces), 2525)
