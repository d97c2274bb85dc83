"""Name servers for the tests: of our own, that misbehave on purpose, and the real ones."""

from __future__ import annotations

import contextlib
import shutil
import socket
import socketserver
import struct
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import dns.exception
import dns.flags
import dns.message
import dns.query
import dns.rcode
import dns.rrset
import pytest

from readers.dns import Resolver, Server, Timeouts, open_dns

SPEC = Path(__file__).parents[2] / "spec" / "dns"

Handler = Callable[[dns.message.Message, str], "bytes | dns.message.Message | None"]
"""Takes a query and ``udp`` or ``tcp``; what it gives is sent, None is silence."""


class Stub(NamedTuple):
    server: Server
    seen: list[tuple[str, dns.message.Message]]
    """Each query that arrived, with its transport."""


@contextlib.contextmanager
def stub_server(handler: Handler) -> Iterator[Stub]:
    """A name server on loopback that answers as a function says."""
    seen: list[tuple[str, dns.message.Message]] = []

    def respond(wire: bytes, transport: str) -> bytes | None:
        query = dns.message.from_wire(wire)
        seen.append((transport, query))
        response = handler(query, transport)
        return response.to_wire(max_size=65535) if isinstance(response, dns.message.Message) else response

    class UDP(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            wire, sock = self.request
            if response := respond(wire, "udp"):
                sock.sendto(response, self.client_address)

    class TCP(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            (length,) = struct.unpack("!H", self.rfile.read(2))
            response = respond(self.rfile.read(length), "tcp")
            if response:
                self.wfile.write(struct.pack("!H", len(response)) + response)
            else:
                self.rfile.read(1)  # silence, until the client goes

    with (
        socketserver.ThreadingTCPServer(("127.0.0.1", 0), TCP) as tcp,
        socketserver.UDPServer(("127.0.0.1", int(tcp.server_address[1])), UDP) as udp,
    ):
        for server in (udp, tcp):
            threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        yield Stub(Server("127.0.0.1", udp.server_address[1]), seen)
        for server in (udp, tcp):
            server.shutdown()


StartStub = Callable[[Handler], Stub]
"""The ``stub`` fixture."""

QUICK = Timeouts(per_try=0.2, total=1.0, tries=2)
"""For servers that are to be silent.  Those that answer have the usual time: the machine may be busy."""

SOA = "test. 60 IN SOA n.test. h.test. 1 1 1 1 60"


def at(stub: Stub, timeouts: Timeouts | None = None) -> Resolver:
    return open_dns(f"server:{stub.server.address}:{stub.server.port}", timeouts=timeouts)


def response(
    query: dns.message.Message,
    *answer: str,
    authority: tuple[str, ...] = (),
    rcode: str = "NOERROR",
    flags: int = dns.flags.RA,
) -> dns.message.Message:
    """A response with records, each written as ``name ttl IN type data``."""
    made = dns.message.make_response(query)
    made.flags |= flags
    made.set_rcode(dns.rcode.from_text(rcode))
    for section, records in ((made.answer, answer), (made.authority, authority)):
        for record in records:
            name, ttl, kind, data = record.replace(" IN ", " ", 1).split(" ", 3)
            section.append(dns.rrset.from_text(name, int(ttl), "IN", kind, data))
    return made


class Daemon(NamedTuple):
    """A real name server: its program, the Debian package that has it, how to configure it."""

    program: str
    package: str
    configure: Callable[[Path, int, dict[str, Path]], list[str]]


def _nsd(folder: Path, port: int, zones: dict[str, Path]) -> list[str]:
    text = f"""server:
  ip-address: 127.0.0.1@{port}
  username: ""
  chroot: ""
  minimal-responses: yes
  rrl-ratelimit: 0
  database: ""
  pidfile: "{folder}/pid"
  xfrdfile: "{folder}/xfrd"
  xfrdir: "{folder}"
  zonelistfile: "{folder}/zones"
remote-control:
  control-enable: no
"""
    text += "".join(f'zone:\n  name: "{origin}"\n  zonefile: "{file}"\n' for origin, file in zones.items())
    (folder / "nsd.conf").write_text(text, encoding="utf-8")
    return ["-d", "-c", f"{folder}/nsd.conf"]


def _named(folder: Path, port: int, zones: dict[str, Path]) -> list[str]:
    text = f"""options {{
  directory "{folder}"; pid-file none; listen-on port {port} {{ 127.0.0.1; }}; listen-on-v6 {{ none; }};
  recursion no; dnssec-validation no; allow-transfer {{ none; }}; minimal-responses yes; zero-no-soa-ttl no;
}};
controls {{ }};
"""
    text += "".join(
        f'zone "{origin}" {{ type primary; file "{file}"; check-integrity no; check-names ignore; }};\n'
        for origin, file in zones.items()
    )
    (folder / "named.conf").write_text(text, encoding="utf-8")
    return ["-g", "-c", f"{folder}/named.conf"]


def _knotd(folder: Path, port: int, zones: dict[str, Path]) -> list[str]:
    text = f"""server:
  listen: 127.0.0.1@{port}
  rundir: "{folder}"
log:
  - target: stdout
    any: warning
database:
  storage: "{folder}"
template:
  - id: default
    storage: "{folder}"
    journal-content: none
    zonefile-sync: -1
    zonefile-load: whole
    semantic-checks: off
zone:
"""
    text += "".join(f'  - domain: "{origin}"\n    file: "{file}"\n' for origin, file in zones.items())
    (folder / "knot.conf").write_text(text, encoding="utf-8")
    return ["-c", f"{folder}/knot.conf"]


NSD = Daemon("nsd", "nsd", _nsd)
BIND = Daemon("named", "bind9", _named)
KNOT = Daemon("knotd", "knot", _knotd)


def program(name: str, package: str) -> str:
    """The path of a program; skips, saying what to install, where it is missing."""
    found = shutil.which(name, path="/usr/local/sbin:/usr/sbin:/sbin:/usr/local/bin:/usr/bin:/bin")
    if found is None:
        pytest.skip(f"{name} is not installed: apt-get install {package}")
    return found


@contextlib.contextmanager
def running(daemon: Daemon, folder: Path, zones: dict[str, Path]) -> Iterator[Server]:
    """The daemon in the foreground on a free port of loopback, from when it answers until the end."""
    path = program(daemon.program, daemon.package)
    server = Server("127.0.0.1", free_port())
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen([path, *daemon.configure(folder, server.port, zones)], stdout=log, stderr=log)
    try:
        _wait(server, next(iter(zones)), process, folder / "log")
        yield server
    finally:
        process.terminate()
        process.wait(10)


def _wait(server: Server, origin: str, process: subprocess.Popen[Any], log: Path) -> None:
    query = dns.message.make_query(origin, "SOA")
    for _ in range(100):
        with contextlib.suppress(OSError, dns.exception.DNSException):
            if dns.query.udp(query, server.address, 0.2, server.port).answer:
                return
        if process.poll() is not None:
            break
        time.sleep(0.05)
    pytest.fail(f"{process.args!r} does not serve {origin}:\n{log.read_text(errors='replace')}")


def free_port() -> int:
    """A port of loopback that is free for TCP; there is no asking for both."""
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        port: int = sock.getsockname()[1]
        return port
