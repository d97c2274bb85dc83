"""Who asks name servers, by the mode of ``--dns``: see :func:`readers.dns.modes.open_dns`."""

from __future__ import annotations

import ipaddress
from collections.abc import Sequence
from pathlib import Path

import dns.resolver
from msgspec.structs import replace

from readers import Malformed
from readers.dns.answers import Answer, DnsModeError, Resolver, Status
from readers.dns.exchange import Patience, Server, Timeouts, ask_server
from readers.dns.records import Record
from readers.dns.server import LoopbackServer
from tfparse.patterns import pattern

_MOST_NAME_SERVERS = 32
"""The root has 13, which is what fits into an answer of 512 octets."""


class Servers(Resolver):
    """Asks servers in turn until one answers."""

    def __init__(self, mode: str, servers: Sequence[Server], patience: Patience, *, recursive: bool = True) -> None:
        super().__init__(mode)
        self._servers = tuple(servers)
        self._patience = patience
        self._recursive = recursive

    def _ask(self, name: str, type: str) -> Answer:
        failures = []
        for server in self._servers:
            answer = ask_server(server, name, type, recursive=self._recursive, patience=self._patience)
            if answer.answered or answer.status in (Status.ELSEWHERE, Status.LOOP):
                return answer
            failures.append(answer)
        others = "; ".join(f"{a.status.value} from {a.server}" for a in failures[1:])
        first = failures[0]
        return replace(first, detail="; ".join(filter(None, (first.detail, others))))


class Zones(Servers):
    """Asks a server of its own on loopback, and says where in the zone files the records stand."""

    def __init__(self, mode: str, folder: Path, patience: Patience) -> None:
        self._server = LoopbackServer.of_folder(folder)
        super().__init__(mode, [Server(self._server.address, self._server.port)], patience, recursive=False)
        self._name = f"zones:{folder.name}"
        self._declared = {_key(r): r for zone in self._server.zones for r in zone.records}

    def _ask(self, name: str, type: str) -> Answer:
        answer = super()._ask(name, type)
        return replace(answer, server=self._name, records=tuple(self._placed(r) for r in answer.records))

    def _placed(self, record: Record) -> Record:
        declared = self._declared.get(_key(record))
        return replace(record, source=self._name, origin=declared.origin if declared else None)

    def close(self) -> None:
        self._server.close()


def _key(record: Record) -> tuple[str, str, int | None, str]:
    return record.name, record.type, record.preference, record.data


class Authoritative(Resolver):
    """Asks every name server of the zone that a name is in; they must agree."""

    def __init__(self, mode: str, finder: Servers, patience: Patience, port: int = 53) -> None:
        super().__init__(mode)
        self._finder = finder
        self._patience = patience
        self._port = port

    def _ask(self, name: str, type: str) -> Answer:
        found = self._name_servers(name)
        if not found.answered:
            return replace(found, name=name, type=type, detail=f"name servers of {name}: {found}", chain=())
        if len(found.records) > _MOST_NAME_SERVERS:
            detail = f"more than {_MOST_NAME_SERVERS} name servers: {len(found.records)}"
            return Answer(name, type, Status.LAME, detail=detail)
        answers = [self._ask_one(record.data, name, type) for record in found.records]
        silent = [a for a in answers if not a.answered and a.status is not Status.ELSEWHERE]
        if silent:
            return replace(silent[0], detail="; ".join(str(a) for a in silent))
        if len({_gist(a) for a in answers}) > 1:
            return Answer(name, type, Status.DISAGREEMENT, detail="; ".join(_told(a) for a in answers))
        return replace(answers[0], server=", ".join(a.server for a in answers))

    def _name_servers(self, name: str) -> Answer:
        """The NS records of the zone that holds the name, by the recursive resolver."""
        failure = None
        while True:
            answer = self._finder.ask(name, "NS")
            if answer.records and not answer.chain:
                return answer
            if not answer.answered:
                failure = failure or answer
                # A CNAME into a broken zone fails, and still stands in a zone that works.
                if answer.status not in (Status.SERVFAIL, Status.LOOP) and not answer.chain:
                    return failure
            _, dot, name = name.partition(".")
            if not dot:
                return failure or replace(answer, status=Status.LAME, detail="no zone with name servers holds it")

    def _ask_one(self, host: str, name: str, type: str) -> Answer:
        """One name server's answer, at the first of its addresses that gives one."""
        answer = Answer(name, type, Status.UNREACHABLE, server=host, detail="the name server has no address")
        for family in ("A", "AAAA"):
            addresses = self._finder.ask(host, family)
            if not addresses.answered:
                answer = replace(addresses, name=name, type=type, chain=(), server=host, detail=str(addresses))
            for record in addresses.records:
                server = Server(record.data, self._port)
                answer = ask_server(server, name, type, recursive=False, patience=self._patience)
                answer = replace(answer, server=f"{host} ({answer.server})")
                if answer.answered or answer.status is Status.ELSEWHERE:
                    return answer
        return answer

    def close(self) -> None:
        self._finder.close()


def _gist(answer: Answer) -> tuple[object, ...]:
    """What two answers must share to be the same: not the TTL, not the order."""
    return answer.status, answer.chain, frozenset(_key(r) for r in answer.records)


def _told(answer: Answer) -> str:
    said = ", ".join(str(r) for r in answer.records) or answer.status.value
    return f"{answer.server} says {said}"


def resolver_of(mode: str, timeouts: Timeouts, finder: Server | None, port: int) -> Resolver:
    """Who asks name servers in a mode.

    Raises:
        DnsModeError: there is no such mode, or its argument is wrong.
        Malformed: zone files do not load, or this machine has no resolvers.
    """
    patience = Patience(timeouts)
    kind, _, argument = mode.partition(":")
    if mode == "system":
        return Servers(mode, _system_servers(), patience)
    if mode == "authoritative":
        finders = [finder] if finder else _system_servers()
        return Authoritative(mode, Servers(mode, finders, patience), patience, port)
    if kind == "server":
        return Servers(mode, [_server(mode, argument)], patience)
    if kind == "zones":
        folder = Path(argument)
        if not argument or not folder.is_dir():
            raise DnsModeError(f"--dns {mode}: {argument or 'DIR'!r} is no folder")
        return Zones(mode, folder, patience)
    raise DnsModeError(f"--dns {mode}: the modes are zones:DIR, system, server:IP[:PORT], authoritative, off")


_ADDRESS = pattern(r"\[(.+)\](?::(\d{1,5}))?|([^:]+)(?::(\d{1,5}))?|(.+)")
"""``[2001:db8::1]`` with or without a port, ``192.0.2.1`` with or without a port, ``2001:db8::1``."""


def _server(mode: str, text: str) -> Server:
    match = _ADDRESS.fullmatch(text)
    try:
        if match is None:
            raise ValueError("it names no address")
        address = ipaddress.ip_address(match[1] or match[3] or match[5])
        port = int(match[2] or match[4] or 53)
        if not 0 < port < 65536:
            raise ValueError(f"{port} is no port")
    except ValueError as error:
        raise DnsModeError(f"--dns {mode}: server:IP[:PORT] is wanted: {error}") from error
    return Server(str(address), port)


def _system_servers() -> list[Server]:
    try:
        system = dns.resolver.Resolver()
    except dns.resolver.NoResolverConfiguration as error:
        raise Malformed("the resolver configuration of this machine", str(error)) from error
    return [Server(str(address), system.port) for address in system.nameservers]
