from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

import tests.readers.real_programs as programs
from readers.docker_mailserver.start_script import main_cf_changes, options_by_postconf
from readers.postfix.main_cf import MainCf, read_main_cf
from tfparse.cty.values import Part, Unknown, Value, string, text
from tfparse.diagnostics import Origin, UnknownValueError

MAIN_CF = "relayhost = [relay.test]:587\nmessage_size_limit = 10\n"
HIDDEN = Unknown("var.hidden has no value", Origin("variables.tf", 3))


def script(content: str) -> Value:
    return string(content, Origin("user-patches.sh", 1), verbatim=True)


def after(content: str | Value) -> MainCf:
    changes = main_cf_changes(script(content) if isinstance(content, str) else content)
    return MainCf(read_main_cf(string(MAIN_CF)).assignments, string(MAIN_CF), changes)


SETS = {
    "with -e": "postconf -e 'message_size_limit = 20'",
    "with -e, quoted twice": 'postconf -e "message_size_limit=20"',
    "without -e": "postconf message_size_limit=20",
    "by its path": "/usr/sbin/postconf -e message_size_limit=20",
    "with another folder of configuration": "postconf -c /etc/postfix -e message_size_limit=20",
    "several at once": "postconf -e myhostname=a.test message_size_limit=20",
    "on two lines": "postconf -e \\\n  message_size_limit=20",
    "the last wins": "postconf -e message_size_limit=30\npostconf -e message_size_limit=20",
    "behind a semicolon": "set -e; postconf -e message_size_limit=20",
    "after a branch has ended": "if true; then\n  :\nfi\npostconf -e message_size_limit=20",
    "after a loop has ended": "for x in 1 2; do echo $x; done\npostconf -e message_size_limit=20",
    "after a here-document": "cat > /tmp/x <<'END'\npostconf -e message_size_limit=30\nEND\npostconf -e message_size_limit=20",
    "after an arithmetic shift": "X=$((1<<2))\npostconf -e message_size_limit=20",
    "after a comment with an apostrophe": "# don't\npostconf -e message_size_limit=20 # don't",
    "in another parameter's value": "postconf -e 'a = main.cf'\npostconf -e message_size_limit=20",
    "appended by echo": "echo 'message_size_limit = 20' >> /etc/postfix/main.cf",
    "appended by a here-document": "cat >> /etc/postfix/main.cf <<END\nmessage_size_limit = 20\nEND",
    "appended by tee": "tee -a /etc/postfix/main.cf <<'END'\nmessage_size_limit = 20\nEND",
    "the file named by a variable": 'MAIN=/etc/postfix/main.cf\ncat >> "$MAIN" <<END\nmessage_size_limit = 20\nEND',
    "before a variable that names the file": "postconf -e message_size_limit=20\nMAIN=/etc/postfix/main.cf",
    "a here-document whose lines the shell joins": "cat >> /etc/postfix/main.cf <<END\nmessage_size_limit = \\\n20\nEND",
    "behind a hash that is quoted": "echo '# x' \"# y\" \\# z; postconf -e message_size_limit=20",
    "in a substitution that is quoted": 'X="$(postconf -e message_size_limit=20)"',
    "in backticks": 'X="`postconf -e message_size_limit=20`"',
    "before one that only reads": 'postconf -e message_size_limit=20\nX="$(postconf -h myhostname)"',
    "the value by a variable": "LIMIT=20\npostconf -e message_size_limit=$LIMIT",
}


@pytest.mark.parametrize("content", SETS.values(), ids=SETS)
def test_what_a_script_sets_for_certain(content: str) -> None:
    setting = after(content).parameter("message_size_limit")
    assert setting is not None
    assert setting.text == "20"


@pytest.mark.parametrize("content", SETS.values(), ids=SETS)
@programs.needs("postconf")
def test_a_shell_and_postconf_make_the_same_of_it(content: str, tmp_path: Path) -> None:
    """The real shell runs the script on a folder that stands for /etc/postfix."""
    (tmp_path / "main.cf").write_text(MAIN_CF)
    (tmp_path / "master.cf").write_text("")
    moved = content.replace("/etc/postfix", str(tmp_path)).replace("/tmp/x", str(tmp_path / "x"))
    environment = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "MAIL_CONFIG": str(tmp_path)}
    subprocess.run(["bash", "-e", "-c", moved], env=environment, check=True, timeout=30, capture_output=True)
    said = subprocess.run(["postconf", "-hn", "message_size_limit"], env=environment, check=True, timeout=30,
                          capture_output=True, text=True)
    assert said.stdout.strip() == "20"


@pytest.mark.parametrize(
    "content",
    [
        "if grep -q x /etc/hosts; then\n  postconf -e message_size_limit=20\nfi",
        "grep -q x /etc/hosts && postconf -e message_size_limit=20",
        "grep -q x /etc/hosts &&\n  postconf -e message_size_limit=20",
        "for name in message_size_limit; do postconf -e $name=20; done",
        "limits() {\n  postconf -e message_size_limit=20\n}\nlimits",
        "postconf -e message_size_limit=$(nproc)",
        "postconf -e message_size_limit=${LIMIT:-20}",
        "postconf -X message_size_limit",
        "postconf -# message_size_limit",
        "sed -i 's/^message_size_limit.*/message_size_limit = 20/' /etc/postfix/main.cf",
        "sed -i -E '/^message_size_limit\\s*=/d' /etc/postfix/main.cf",
        "sed -i '/^message/d' /etc/postfix/main.cf",
        "sed -i 's/^smtp_helo_name =.*/smtp_helo_name = a; message_size_limit=/' /etc/postfix/main.cf",
        "sed -i 's/^smtp_helo_name =.*/a = b\\nmessage_size_limit = 20/' /etc/postfix/main.cf",
        "sed -i -e '/^smtp_helo_name =/d' -e 's/10/20/' /etc/postfix/main.cf",
        "sed -i '/^smtp_helo_name =/d;s/10/20/' /etc/postfix/main.cf",
        "sed -i '/^smtp_helo_name =/d' --expression=s/10/20/ /etc/postfix/main.cf",
        "sed -i -f /tmp/docker-mailserver/edits.sed /etc/postfix/main.cf",
        "sed -i '$a message_size_limit = 20' /etc/postfix/main.cf",
        "perl -pi -e 's/10/20/' /etc/postfix/main.cf",
        "cp /tmp/docker-mailserver/other.cf /etc/postfix/main.cf",
        "mv /tmp/new /etc/postfix/main.cf",
        "cat > /etc/postfix/main.cf <<END\nmessage_size_limit = 10\nEND",
        "printf 'message_size_limit = %d\\n' 20 >> /etc/postfix/main.cf",
        "{ echo a=b; echo message_size_limit=20; } >> /etc/postfix/main.cf",
        "cat >> /etc/postfix/main.cf <<END\nmessage_size_limit = $LIMIT\nEND",
        "bash -c 'postconf -e message_size_limit=20'",
        "eval \"postconf -e 'message_size_limit=20'\"",
        "xargs postconf -e < /tmp/docker-mailserver/limits",
        "postconf -e 'a quote that does not end",
    ],
)
def test_what_it_may_set(content: str) -> None:
    setting = after(content).parameter("message_size_limit")
    assert setting is not None
    with pytest.raises(UnknownValueError, match="the start-up script may change it by: ") as doubt:
        _ = setting.text
    assert doubt.value.origin is not None
    assert doubt.value.origin.file == "user-patches.sh"


@pytest.mark.parametrize(
    "content",
    [
        "",
        "# postconf -e message_size_limit=20",
        "echo done # postconf -e message_size_limit=20",
        "postconf -n | grep message_size_limit",
        "postconf message_size_limit",
        "grep -q 'message_size_limit = 20' /etc/postfix/main.cf || echo 'not in main.cf'",
        "sed -n 1p /etc/postfix/main.cf",
        "sed -i 's/a/b/' /etc/postfix-policyd-spf-python/policyd-spf.conf",
        "sed -i '/^smtp_helo_name =/d' /etc/postfix/main.cf",
        "sed -i -E 's/^smtp_helo_name\\s*=.*/smtp_helo_name = a/' /etc/postfix/main.cf",
        "sed -i -e 's|^smtp_helo_name *=.*|smtp_helo_name = a|' /etc/postfix/main.cf",
        "cp /etc/postfix/main.cf /tmp/before",
        "cat >> /tmp/docker-mailserver/postfix-main.cf <<END\nmessage_size_limit = 20\nEND",
        "cat > /tmp/readme <<END\npostconf -e message_size_limit=20\nEND",
        "# cat <<END\necho",
        "postconf -e mynetworks=127.0.0.0/8",
        "postconf -P smtp/inet/message_size_limit=20",
        'if ! grep -q x /etc/hosts; then postconf -e "message_size_limit = 10"; fi',
        '"$DIR"/other-script',
    ],
)
def test_what_leaves_a_parameter_alone(content: str) -> None:
    setting = after(content).parameter("message_size_limit")
    assert setting is not None
    assert setting.text == "10"


def test_a_dollar_that_the_shell_leaves_alone() -> None:
    kept = after("postconf -e 'message_size_limit = $mailbox_size_limit'\n").parameter("message_size_limit")
    assert kept is not None
    assert kept.text == "$mailbox_size_limit"


@pytest.mark.parametrize(
    ("pieces", "certain"),
    [
        (("echo ", HIDDEN, "\n"), True),
        (("postconf -e relayhost=", HIDDEN, "\n"), True),
        (("postconf -e message_size_limit=", HIDDEN, "\n"), False),
        ((HIDDEN,), False),
        (("set -e\n", HIDDEN, "\n"), False),
        ((HIDDEN, " -e message_size_limit=20\n"), False),
    ],
)
def test_a_script_that_is_not_wholly_known(pieces: tuple[str | Unknown, ...], certain: bool) -> None:
    known = text(tuple(Part(piece, Origin("user-patches.sh", 1)) for piece in pieces), Origin("user-patches.sh", 1))
    setting = after(known).parameter("message_size_limit")
    assert setting is not None
    assert (setting.value.unknown is None) is certain


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ("postconf -P smtp/inet/message_size_limit=20", [("smtp/inet", "20")]),
        ("postconf -P 'smtp/inet/message_size_limit = 20' smtps/inet/myhostname=a", [("smtp/inet", "20")]),
        ("[ -f /x ] && postconf -P smtp/inet/message_size_limit=20", [("smtp/inet", None)]),
        ("postconf -P smtp/inet/message_size_limit=$LIMIT", [("smtp/inet", None)]),
        ("postconf -M 'smtp/inet=smtp inet n - n - - smtpd -o message_size_limit=20'", [("a service", None)]),
        ("sed -i 's/smtpd$/smtpd -o message_size_limit=20/' /etc/postfix/master.cf", [("a service", None)]),
        ("grep message_size_limit /etc/postfix/master.cf", []),
        ("postconf -e message_size_limit=20", []),
    ],
)
def test_options_of_single_services(content: str, expected: list[tuple[str, str | None]]) -> None:
    found = list(options_by_postconf(script(content), "message_size_limit"))
    assert [(option.service, option.value) for option in found] == expected
