from __future__ import annotations

import pytest

from readers.docker_mailserver.start_script import configuration
from readers.postfix.master_cf import Listener
from tfparse.cty.values import Part, Unknown, Value, string, text
from tfparse.diagnostics import Origin, UnknownValueError

HIDDEN = Unknown("var.hidden has no value", Origin("variables.tf", 3))


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


def listener(script: Value, port: int) -> Listener | None:
    """The listener on a port once a start-up script has run."""
    return configuration(None, None, script, lambda path: None).listener(port)


def script(content: str = SCRIPT) -> Value:
    return string(content, Origin("main.tf", 101), verbatim=True)


def test_a_listener_that_a_script_appends() -> None:
    found = listener(script(), 2525)
    assert found is not None
    assert (found.command, found.requires_proxy, found.origin) == ("postscreen", True, Origin("main.tf", 109))


def test_a_listener_without_the_protocol() -> None:
    found = listener(script(), 5587)
    assert found is not None
    assert not found.requires_proxy


def test_what_goes_elsewhere_is_no_listener() -> None:
    assert listener(script(), 4465) is None


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
    found = listener(written, 2525)
    assert found is not None
    assert found.requires_proxy


def test_the_shell_joins_lines_where_the_word_is_not_quoted() -> None:
    lines = "2525 inet n - n - - smtpd \\\n  -o smtpd_upstream_proxy_protocol=haproxy\nEND\n"
    joined = listener(script(f"cat >> /etc/postfix/master.cf <<END\n{lines}"), 2525)
    verbatim = listener(script(f"cat >> /etc/postfix/master.cf <<'END'\n{lines}"), 2525)
    assert [joined and joined.requires_proxy, verbatim and verbatim.requires_proxy] == [True, False]


@pytest.mark.parametrize(
    "command",
    [
        ": cat >> /etc/postfix/master.cf <<END",
        "cat <<END",
        "cat >> /etc/postfix/main.cf <<END",
        ">> /etc/postfix/master.cf <<END",
        "cat >> master.cf <<END",
        "unused() { cat; } >> /etc/postfix/master.cf <<END",
    ],
)
def test_what_is_not_appended(command: str) -> None:
    assert listener(script(f"{command}\n2525 inet n - n - - smtpd\nEND\n"), 2525) is None


PROXY = "2525 inet n - n - - smtpd -o smtpd_upstream_proxy_protocol=haproxy"


@pytest.mark.parametrize(
    "command",
    [
        f"postconf -M 2525/inet='{PROXY}'",
        "postconf -M 2525/inet='2525 inet n - n - - smtpd'\npostconf -eP 2525/inet/smtpd_upstream_proxy_protocol=haproxy",
        "sed -i 's/^smtp  *inet /2525 inet /' /etc/postfix/master.cf\n"
        "postconf -P 2525/inet/postscreen_upstream_proxy_protocol=haproxy",
        f"echo '{PROXY}' >> /etc/postfix/master.cf",
        "{ echo '2525 inet n - n - - smtpd'; echo '  -o smtpd_upstream_proxy_protocol=haproxy'; } >> /etc/postfix/master.cf",
        f"postconf -MX 2525/inet\necho '{PROXY}' >> /etc/postfix/master.cf\npostconf -P 2525/inet/syslog_name=x",
        "postconf -Mf smtp/inet | sed -e s/^smtp/2525/ >> /etc/postfix/master.cf\n"
        "postconf -P 2525/inet/postscreen_upstream_proxy_protocol=haproxy",
    ],
)
def test_ways_to_a_listener_that_requires_the_protocol(command: str) -> None:
    found = listener(script(f"set -e\n{command}\n"), 2525)
    assert found is not None
    assert found.requires_proxy
    assert listener(script(f"exit 0\n{command}\n"), 2525) is None


@pytest.mark.parametrize(
    ("command", "left"),
    [
        ("postconf -MX 2525/inet", None),
        ("postconf -M# 2525/inet", None),
        ("sed -i '/^2525 /d' /etc/postfix/master.cf", None),
        ("echo > /etc/postfix/master.cf", None),
        ("postconf -P 2525/inet/smtpd_upstream_proxy_protocol=", False),
        ("postconf -PX 2525/inet/smtpd_upstream_proxy_protocol", False),
        ("sed -i 's/=haproxy/=/' /etc/postfix/master.cf", False),
        ("echo '2525 inet n - n - - smtpd' >> /etc/postfix/master.cf", False),
        ("postconf -P 2525/inet/syslog_name=x", True),
        ("sed -i 's/haproxy_x/y/' /etc/postfix/master.cf", True),
        ("postconf -e smtpd_upstream_proxy_protocol=", True),
    ],
)
def test_what_becomes_of_a_listener_afterwards(command: str, left: bool | None) -> None:
    found = listener(script(f"echo '{PROXY}' >> /etc/postfix/master.cf\n{command}\n"), 2525)
    assert (found.requires_proxy if found else None) is left


@pytest.mark.parametrize(
    "command",
    [
        "cat /tmp/docker-mailserver/more.cf >> /etc/postfix/master.cf",
        "cp /tmp/docker-mailserver/master.cf /etc/postfix/master.cf",
        "grep -q x /etc/hosts || postconf -MX 2525/inet",
        "postconf -F 2525/inet/command=smtpd",
        "sed -i '5,$d' /etc/postfix/master.cf",
        "catx >> /etc/postfix/master.cf <<END\nx\nEND",
        "python3 /tmp/docker-mailserver/x.py",
    ],
)
def test_a_listener_that_may_have_been_changed(command: str) -> None:
    with pytest.raises(UnknownValueError, match="the start-up script may change it by: ") as doubt:
        listener(script(f"echo '{PROXY}' >> /etc/postfix/master.cf\n{command}\n"), 2525)
    assert doubt.value.origin == Origin("main.tf", 102)


def part_known(*pieces: str | Unknown) -> Value:
    return text(tuple(Part(piece, Origin("main.tf", 101), True) for piece in pieces))


def test_an_unknown_option_of_another_kind_does_not_matter() -> None:
    known = part_known(
        "cat >> /etc/postfix/master.cf <<'END'\n2525 inet n - n - - smtpd\n  -o syslog_name=",
        HIDDEN,
        "\n  -o smtpd_upstream_proxy_protocol=haproxy\nEND\necho ",
        HIDDEN,
        "\n",
    )
    found = listener(known, 2525)
    assert found is not None
    assert found.requires_proxy
    plain = listener(known, 25)
    assert plain is not None
    assert not plain.requires_proxy


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
        _ = listener(part_known("cat >> /etc/postfix/master.cf <<'END'\n", *pieces, "END\n"), 2525).requires_proxy


@pytest.mark.parametrize("pieces", [(HIDDEN,), ("set -e\n", HIDDEN, "\n"), ("  ", HIDDEN, "\necho done\n")])
def test_a_script_that_is_not_known(pieces: tuple[str | Unknown, ...]) -> None:
    with pytest.raises(UnknownValueError, match="var.hidden has no value"):
        listener(part_known(*pieces), 2525)
