from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from msgspec.structs import replace

import tests.readers.real_programs as programs
from readers.docker_mailserver.start_script import configuration
from readers.postfix.configuration import Configuration
from readers.postfix.main_cf import MainCf, read_main_cf
from readers.shell.state import unknown_environment
from tfparse.cty.values import HOLE, Part, Unknown, Value, string, text
from tfparse.diagnostics import Origin, UnknownValueError

MAIN_CF = "relayhost = [relay.test]:587\nmessage_size_limit = 10\n"
HIDDEN = Unknown("var.hidden has no value", Origin("variables.tf", 3))


def script(content: str) -> Value:
    return string(content, Origin("user-patches.sh", 1), verbatim=True)


def started(content: str | Value) -> Configuration:
    text = script(content) if isinstance(content, str) else content
    return configuration(read_main_cf(string(MAIN_CF)), None, text, lambda path: None)


def after(content: str | Value) -> MainCf:
    return replace(read_main_cf(string(MAIN_CF)), changes=started(content).main)


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
    "by sed, at the end": "sed -i '$a message_size_limit = 20' /etc/postfix/main.cf",
    "one of several files in braces": "echo message_size_limit=20 | tee -a /etc/postfix/{main,other}.cf",
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
    said = subprocess.run(
        ["postconf", "-hn", "message_size_limit"],
        env=environment,
        check=True,
        timeout=30,
        capture_output=True,
        text=True,
    )
    assert said.stdout.strip() == "20"


@pytest.mark.parametrize(
    "content",
    [
        "if grep -q x /etc/hosts; then\n  postconf -e message_size_limit=20\nfi",
        "grep -q x /etc/hosts && postconf -e message_size_limit=20",
        "grep -q x /etc/hosts &&\n  postconf -e message_size_limit=20",
        "set -e\ngrep -q x /etc/hosts\npostconf -e message_size_limit=20",
        "for name in $NAMES; do postconf -e $name=20; done",
        "while sleep 1; do postconf -e message_size_limit=20; done",
        "postconf -e message_size_limit=$(nproc)",
        "postconf -e message_size_limit=${LIMIT:-20}",
        "postconf -X message_size_limit\n[ -f /x ] && postconf -e message_size_limit=10",
        "sed -i 's/^smtp_helo_name =.*/smtp_helo_name = a\\nmessage_size_limit = 20/' /etc/postfix/main.cf",
        "sed -i 's/^smtp_helo_name =/message_size_limit =/' /etc/postfix/main.cf",
        "sed -i 's/smtp_helo_name/message_size_limit/' /etc/postfix/main.cf",
        "sed -i 's/^#//' /etc/postfix/main.cf",
        "sed -i '1,/^message/d' /etc/postfix/main.cf",
        "sed -i -f /tmp/docker-mailserver/edits.sed /etc/postfix/main.cf",
        "cat > /usr/local/bin/tool <<'END'\npostconf -e message_size_limit=20\nEND\n[ -f /x ] && tool",
        "echo '* * * * * root postconf -e message_size_limit=20' > /etc/cron.d/limit",
        "printf '[program:x]\\ncommand=sed -i d /etc/postfix/main.cf\\n' > /etc/supervisor/conf.d/x.conf",
        "sed 's/10/20/w /etc/postfix/main.cf' /tmp/docker-mailserver/x",
        "python3 -c 'print(1)'",
        "perl -e 'print 1'",
        "awk '{ system($0) }' /tmp/docker-mailserver/x",
        "cp /tmp/docker-mailserver/other.cf /etc/postfix/main.cf",
        "cp /tmp/docker-mailserver/main.cf /etc/postfix",
        "cp -r /tmp/docker-mailserver/postfix/. /etc/postfix/",
        "cp -r /tmp/docker-mailserver/etc/* /etc",
        "rsync -a /tmp/docker-mailserver/postfix/ /etc/postfix/",
        "cd /etc/postfix && wget https://example.test/main.cf",
        "mv /tmp/new /etc/postfix/main.cf",
        "ln -sf /tmp/docker-mailserver/main.cf /etc/postfix/main.cf",
        "rm -rf /etc/postfix",
        "find /etc/postfix -name '*.cf' -exec sed -i s/10/20/ {} +",
        "tar -C / -xf /tmp/docker-mailserver/all.tar",
        "cat >> /etc/postfix/main.cf <<END\nmessage_size_limit = $LIMIT\nEND",
        "xargs postconf -e < /tmp/docker-mailserver/limits",
        "bash /tmp/docker-mailserver/other.sh",
        ". /tmp/docker-mailserver/other.sh",
        "curl -s https://example.test/x | bash",
        'eval "$COMMANDS"',
        "$COMMAND",
        '"$DIR"/other-script',
        "/opt/tool",
        "tool-that-nobody-knows",
        "PATH=/tmp/bin:$PATH\npostconf -e message_size_limit=10",
        "export BASH_ENV=/tmp/x\nbash -c true",
        "crontab - <<END\n* * * * * postconf -e message_size_limit=20\nEND",
        "postconf -e 'a quote that does not end",
        "cat > /tmp/x <<END\nno end",
        "mount --bind /tmp/docker-mailserver/postfix /etc/postfix",
        "exec python3 /tmp/docker-mailserver/x.py",
        "trap 'postconf -e message_size_limit=20' ERR",
        "sleep 5 && postconf -e message_size_limit=20 &\npostconf -e message_size_limit=10",
        "chattr +i /etc/postfix/main.cf",
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
        "grep -q '^message_size_limit' /etc/postfix/main.cf || postconf -e message_size_limit=10",
        "unused() {\n  postconf -e message_size_limit=20\n}",
        "exit 0\npostconf -e message_size_limit=20",
        "if false; then postconf -e message_size_limit=20; fi",
        ": '\npostconf -e message_size_limit=20\n'",
        "chown -R docker:docker /var/mail; chmod 640 /etc/postfix/main.cf",
        "apt-get update && apt-get install -y vim",
        "mkdir -p /var/www && cp -r /tmp/docker-mailserver/www/. /var/www/",
        "curl -fsS -o /var/www/index.html https://example.test/",
        "for f in /etc/dovecot/conf.d/*.conf; do sed -i 's/10/20/' \"$f\"; done",
        "sed -i 's/10/20/' /etc/dovecot/dovecot.conf",
        "python() { :; }; python x",
        "find /var/mail -type d -exec chmod 700 {} +",
        'tmp=$(mktemp); echo x > "$tmp"; cp "$tmp" /etc/aliases.extra; rm "$tmp"',
        "supervisorctl restart postfix; postfix reload",
        "postmap /etc/postfix/sasl/passwd",
        "cat > /etc/postfix/sasl/passwd <<END\nx y\nEND\nchmod 600 /etc/postfix/sasl/passwd",
        "echo '2525 inet n - n - - smtpd' >> /etc/postfix/master.cf",
        "postconf -P smtp/inet/message_size_limit=$LIMIT",
        "tar -C /var/www -xf /tmp/docker-mailserver/www.tar",
        "crontab - <<END\n0 3 * * * doveadm expunge -A mailbox Trash savedbefore 30d\nEND",
        "cd /var/www && git pull",
        "echo '0 3 * * * root doveadm purge -A' > /etc/cron.d/purge",
        "cat > /usr/local/bin/tool <<'END'\necho hello\nEND\nchmod +x /usr/local/bin/tool; tool",
        "openssl req -x509 -out /etc/ssl/x.pem -keyout /etc/ssl/x.key",
        "awk -F: '{ print $1 }' /etc/passwd | sort | uniq > /tmp/users",
        'while read -r line; do echo "$line"; done < /etc/passwd',
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
        ("postconf -P smtp/inet/message_size_limit=20\npostconf -PX smtp/inet/message_size_limit", []),
        ("postconf -P smtp/inet/message_size_limit=20\npostconf -MX smtp/inet", []),
        ("postconf -P nobody/inet/message_size_limit=20", []),
        ("[ -f /x ] && postconf -P smtp/inet/message_size_limit=20", [("smtp/inet", None)]),
        ('postconf -P smtp/inet/message_size_limit="$LIMIT"', [("smtp/inet", None)]),
        ("postconf -M 'smtp/inet=smtp inet n - n - - smtpd -o message_size_limit=20'", [("smtp/inet", "20")]),
        (
            "sed -i 's/ postscreen$/ smtpd -o message_size_limit=20/' /etc/postfix/master.cf",
            [("smtp/inet", "20"), ("a service", None)],
        ),
        ("grep message_size_limit /etc/postfix/master.cf", []),
        ("postconf -e message_size_limit=20", []),
        ("cat >> /etc/postfix/master.cf < /tmp/docker-mailserver/more.cf", None),
    ],
)
def test_options_of_single_services(content: str, expected: list[tuple[str, str | None]] | None) -> None:
    found = [(option.service, option.value) for option in started(content).options("message_size_limit")]
    if expected is None:
        assert ("a service", None) in found
    else:
        assert found == expected


@pytest.mark.parametrize(
    ("words", "limit"),
    [
        (["postconf", "-e", "message_size_limit=20"], "20"),
        (["/usr/sbin/postconf", "-e", "message_size_limit=20"], "20"),
        (["sh", "-c", "postmap /etc/postfix/sasl/passwd; postconf -e message_size_limit=20 && postfix reload"], "20"),
        (["/bin/bash", "-ec", "false\npostconf -e message_size_limit=20"], "10"),
        (["postmap", "/etc/postfix/sasl/passwd"], "10"),
        (["echo", "postconf -e message_size_limit=20"], "10"),
        (["python3", "-c", "print(1)"], None),
        ([HOLE], None),
        (["sh", "-c", HOLE], None),
        ([], "10"),
    ],
)
def test_commands_without_a_shell(words: list[str], limit: str | None) -> None:
    before = started("")
    hook = Origin("main.tf", 7)
    left = before.after_command(words, hook, lambda path: None, unknown_environment, may="a hook may change it by")
    change = left.main.of("message_size_limit")
    assert change is not None
    assert (change.text if change.sure else None) == limit


WRITTEN = (
    'printf "2525 inet n - n - - smtpd\\n  -o smtpd_upstream_proxy_protocol=haproxy\\n" >> /etc/postfix/master.cf\n'
)
GUARDED = (
    "if ! grep -q {} /etc/postfix/master.cf; then\necho '2525 inet n - n - - smtpd' >> /etc/postfix/master.cf\nfi\n"
)


@pytest.mark.parametrize(
    ("pattern", "requires"),
    [
        ("2525", True),  # the line is there, so nothing is appended
        ("'^2525'", True),
        ("'^2626 '", False),  # no line begins so, so the plain listener is appended
        ("'^25.5 inet'", None),  # a dot may be a blank, of which a line has as many as it likes
        ("'^submission '", None),
        ("'2626'", None),  # a comment of the file may have it
    ],
)
def test_a_guard_is_answered_where_that_is_certain(pattern: str, requires: bool | None) -> None:
    after_it = started(WRITTEN + GUARDED.format(pattern))
    if requires is None:
        with pytest.raises(UnknownValueError, match="^the start-up script may change it by: echo '2525 inet"):
            after_it.listener(2525)
    else:
        listener = after_it.listener(2525)
        assert listener is not None
        assert listener.requires_proxy is requires
