"""The limits bite: a real Postfix on loopback, with the limits as they are rendered, counts its clients.

Source: https://www.postfix.org/TUNING_README.html#conn_limit, anvil(8).  It runs as root does, and sends nothing.
"""

from __future__ import annotations

import os
import shutil
import smtplib
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest

from readers.kubernetes.stacks import find_stack
from readers.postfix.main_cf import MainCf, read_main_cf
from tfparse import load

FIXTURE = Path(__file__).parents[3] / "fixtures" / "infra"
DAEMONS = Path("/usr/lib/postfix/sbin")
LIMITS = (
    "smtpd_client_connection_rate_limit", "smtpd_client_message_rate_limit", "anvil_rate_time_unit",
    "smtpd_client_event_limit_exceptions",
)  # fmt: skip
EXEMPT = "127.0.0.9"

pytestmark = [
    pytest.mark.skipif(not (DAEMONS / "master").exists(), reason="Postfix (Debian package postfix) is not installed"),
    pytest.mark.skipif(os.geteuid() != 0, reason="Postfix' master only runs as root"),
]

MAIN = """\
compatibility_level = 3.6
queue_directory = {folder}/queue
data_directory = {folder}/data
daemon_directory = {daemons}
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
mynetworks = {exempt}/32
myhostname = mail.example.net
mydestination = example.net
alias_maps =
local_recipient_maps =
smtpd_peername_lookup = no
smtpd_recipient_restrictions = reject_unauth_destination
"""
MASTER = """\
127.0.0.1:{port} inet n - n - - smtpd
anvil   unix - - n - 1 anvil
rewrite unix - - n - - trivial-rewrite
cleanup unix n - n - 0 cleanup
"""


def rendered() -> MainCf:
    """The mail server's main.cf, as the good repo renders it."""
    cluster = find_stack(load(FIXTURE), "mailserver").cluster
    container = cluster.workload("deployment", "mailserver", "mailserver").container("docker-mailserver")
    return read_main_cf(container.file("/tmp/docker-mailserver/postfix-main.cf").value)


@dataclass(frozen=True)
class Postfix:
    port: int

    def connect(self, client: str) -> smtplib.SMTP:
        """A session of a client with that address."""
        return smtplib.SMTP("127.0.0.1", self.port, local_hostname="client", timeout=20, source_address=(client, 0))


@pytest.fixture(scope="module")
def postfix() -> Iterator[Postfix]:
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="postfix-")))
        folder.chmod(0o755)
        with socket.create_server(("127.0.0.1", 0)) as free:
            port = free.getsockname()[1]
        _configure(folder, port)
        master = subprocess.Popen([DAEMONS / "master", "-c", folder, "-d"], stdin=subprocess.DEVNULL)
        stack.callback(_stop, master)
        running = Postfix(port)
        _wait(running)
        yield running


def _configure(folder: Path, port: int) -> None:
    for name in ("pid", "public", "private", "active", "incoming", "maildrop"):
        (folder / "queue" / name).mkdir(parents=True)
    (folder / "data").mkdir()
    for name in ("data", "queue/public", "queue/private", "queue/active", "queue/incoming"):
        shutil.chown(folder / name, "postfix")
    main_cf = rendered()
    limits = "".join(f"{name} = {main_cf.parameter(name).text}\n" for name in LIMITS)
    (folder / "main.cf").write_text(MAIN.format(folder=folder, daemons=DAEMONS, exempt=EXEMPT) + limits)
    (folder / "master.cf").write_text(MASTER.format(port=port))


def _stop(master: subprocess.Popen[bytes]) -> None:
    master.terminate()
    master.wait(20)


def _wait(postfix: Postfix) -> None:
    until = time.monotonic() + 20
    while True:
        try:
            postfix.connect(EXEMPT).quit()
        except OSError:
            if time.monotonic() > until:
                raise
            time.sleep(0.1)
        else:
            return


def test_the_eleventh_connection_of_a_minute_is_refused(postfix: Postfix) -> None:
    for _ in range(10):
        postfix.connect("127.0.0.2").quit()
    with pytest.raises(smtplib.SMTPConnectError) as refused:
        postfix.connect("127.0.0.2")
    assert refused.value.smtp_code == 421
    assert b"4.7.0" in refused.value.smtp_error
    assert b"too many connections from 127.0.0.2" in refused.value.smtp_error


def test_the_thirty_first_message_of_a_minute_is_refused(postfix: Postfix) -> None:
    with postfix.connect("127.0.0.3") as session:
        session.ehlo()
        for _ in range(30):
            assert session.mail("somebody@example.com") == (250, b"2.1.0 Ok")
            session.rset()
        code, said = session.mail("somebody@example.com")
    assert (code, said) == (450, b"4.7.1 Error: too much mail from 127.0.0.3")


def test_the_exempt_are_not_counted(postfix: Postfix) -> None:
    for _ in range(12):
        postfix.connect(EXEMPT).quit()
    with postfix.connect(EXEMPT) as session:
        session.ehlo()
        for _ in range(32):
            assert session.mail("somebody@example.com")[0] == 250
            session.rset()


def test_one_client_is_not_another(postfix: Postfix) -> None:
    for client in range(20, 32):
        postfix.connect(f"127.0.0.{client}").quit()
