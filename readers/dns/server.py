"""An authoritative name server on loopback, UDP and TCP on one free port, for a folder of zone files."""

from __future__ import annotations

import contextlib
import socket
import socketserver
import struct
import threading
from collections.abc import Iterable
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import dns.exception
import dns.flags
import dns.message

from readers.dns.authority import UDP_SIZE, Zone, load_zones, respond

_HEADER = struct.Struct("!6H")
_FORMERR = 1
_IDLE = 5.0
"""Seconds that a TCP client may stay silent (RFC 7766 section 6.2.3)."""


def reply(wire: bytes, zones: Iterable[Zone], *, udp: bool) -> bytes | None:
    """The response to a message as it came in; None where there must be none.

    A UDP response is cut to what the client takes, with TC set (RFC 2181 section 9, RFC 6891 section 6.2.3).
    """
    try:
        identity, flags, *_ = _HEADER.unpack_from(wire)
    except struct.error:
        return None
    if flags & dns.flags.QR:
        return None
    try:
        query = dns.message.from_wire(wire)
        response = respond(query, zones)
    except (dns.exception.DNSException, ValueError):
        # Opcode and RD go back as they came.
        return _HEADER.pack(identity, dns.flags.QR | flags & 0x7900 | _FORMERR, 0, 0, 0, 0)
    limit = 65535
    if udp:
        limit = min(max(query.payload, 512), UDP_SIZE) if query.edns >= 0 else 512
    return response.to_wire(max_size=limit, prefer_truncation=True)


class _UDP(socketserver.UDPServer):
    max_packet_size = 65535

    def __init__(self, address: tuple[str, int], zones: list[Zone]) -> None:
        self.zones = zones
        super().__init__(address, _UDPHandler)


class _UDPHandler(socketserver.BaseRequestHandler):
    server: _UDP

    def handle(self) -> None:
        wire, sock = self.request
        response = reply(wire, self.server.zones, udp=True)
        if response is not None:
            with contextlib.suppress(OSError):  # the client went away
                sock.sendto(response, self.client_address)


class _TCP(socketserver.ThreadingTCPServer):
    request_queue_size = 64

    def __init__(self, address: tuple[str, int], zones: list[Zone]) -> None:
        self.zones = zones
        self._open: set[socket.socket] = set()
        super().__init__(address, _TCPHandler)

    def process_request(self, request: Any, client_address: Any) -> None:
        self._open.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        self._open.discard(request)
        super().shutdown_request(request)

    def server_close(self) -> None:
        # A client that keeps its connection must not keep the server.
        for connection in tuple(self._open):
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
        super().server_close()


class _TCPHandler(socketserver.StreamRequestHandler):
    server: _TCP
    timeout = _IDLE

    def handle(self) -> None:
        with contextlib.suppress(OSError):  # idle too long, or gone
            while len(prefix := self.rfile.read(2)) == 2:
                (length,) = struct.unpack("!H", prefix)
                wire = self.rfile.read(length)
                response = reply(wire, self.server.zones, udp=False) if len(wire) == length else None
                if response is None:
                    return
                self.wfile.write(struct.pack("!H", len(response)) + response)


class LoopbackServer:
    """Serves zones from the moment it is made until :meth:`close`; a context manager.

    ``address`` and ``port`` are where to ask it.
    """

    def __init__(self, zones: list[Zone], address: str = "127.0.0.1", port: int = 0) -> None:
        self.zones = zones
        self.address = address
        self._servers = _bind(address, port, zones)
        self.port: int = self._servers[0].server_address[1]
        self._threads = [
            threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
            for server in self._servers
        ]
        for thread in self._threads:
            thread.start()

    @classmethod
    def of_folder(cls, folder: Path) -> Self:
        """A server of a folder's zone files; Malformed for one that does not load."""
        return cls(load_zones(folder))

    def close(self) -> None:
        for server in self._servers:
            server.shutdown()
            server.server_close()
        for thread in self._threads:
            thread.join()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        self.close()


def _bind(address: str, port: int, zones: list[Zone], tries: int = 20) -> tuple[_TCP, _UDP]:
    """Both transports on one port; a free one may be free for TCP only."""
    while True:
        tries -= 1
        tcp = _TCP((address, port), zones)
        try:
            return tcp, _UDP((address, tcp.server_address[1]), zones)
        except OSError:
            tcp.server_close()
            if port or not tries:
                raise
