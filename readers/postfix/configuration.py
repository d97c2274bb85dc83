"""Postfix' configuration before and after a script has run: main.cf and master.cf, entry by entry.

Both are folded in the order in which commands change them: what was found once is not found for good.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

from msgspec import Struct, field
from msgspec.structs import replace

from readers.postfix.commands import FORMATS, MAIN_CF, MASTER_CF, PROGRAMS, edited_option
from readers.postfix.main_cf import MainCf
from readers.postfix.master_cf import Listener, ServiceOption, parsed_entry, port_of, read_listeners
from readers.shell import run_command, run_script
from readers.shell.facts import BEFORE, EVERYTHING, NOTHING, Fact, Facts, anything
from readers.shell.files import World
from readers.shell.state import Environment, State
from tfparse.cty.values import HOLE, Line, Unknown, Value
from tfparse.diagnostics import Origin, UnknownValueError

Read = Callable[[str], Value | None]
"""Gives the text of a file that is mounted; None where none is, or none that is known."""


class Configuration(Struct, frozen=True):
    """``main`` by parameter, ``master`` by service ("smtp/inet"), ``stock`` the services that it began with, ``files``
    what scripts did to any other file, by path; ``secret`` tells whether what they did it with is secret."""

    main: Facts
    master: Facts
    stock: Mapping[str, str]
    files: Facts = field(default_factory=Facts)
    secret: bool = False

    @classmethod
    def of(cls, main_cf: MainCf | None, stock: Mapping[str, str], files: Facts | None = None) -> Configuration:
        """A main.cf, some services and what is known of other files, before anything has changed them."""
        whole = main_cf is not None and main_cf.is_whole
        main = Facts({}, ((EVERYTHING, NOTHING),) if whole else ())
        for name in main_cf.names() if main_cf else ():
            setting = main_cf.parameter(name) if main_cf else None
            if setting is not None and not setting.value.is_unknown:
                main.known[name] = Fact(setting.text, BEFORE)
            elif whole:
                main.known[name] = anything(BEFORE)
        return cls(
            main, Facts({service: Fact(text, BEFORE) for service, text in stock.items()}), stock, files or Facts()
        )

    def after(self, script: Value, read: Read, environment: Environment, *, may: str) -> Configuration:
        """What a script of bash leaves of it; ``may`` begins what is said of a command that puts something in doubt."""
        return self._left(run_script(script, self._state(environment), World(read, FORMATS), PROGRAMS, may=may))

    def after_command(
        self, words: Sequence[str], origin: Origin | None, read: Read, environment: Environment, *, may: str
    ) -> Configuration:
        """What a command leaves of it that is run without a shell; HOLE stands in its words for what is not known."""
        return self._left(run_command(words, origin, self._state(environment), World(read, FORMATS), PROGRAMS, may=may))

    def perhaps_after(
        self, words: Sequence[str], origin: Origin | None, read: Read, environment: Environment, *, may: str
    ) -> Configuration:
        """Likewise of a command that runs while the container starts, before or after what that does: what it changes
        is in doubt."""
        left = self.after_command(words, origin, read, environment, may=may)
        doubt = Unknown(f"{may}: {' '.join(words)}".replace(HOLE, "(unknown)"), origin)
        for facts, before in ((left.main, self.main), (left.master, self.master), (left.files, self.files)):
            for key, fact in list(facts.known.items()):
                if fact.sure and fact != before.of(key):
                    facts.known[key] = Fact(HOLE, doubt, False)
        return left

    def hidden(self, path: str, by: Unknown) -> None:
        """Put in doubt what a file says that something else lies over: at its path, or at a folder above it."""
        for own, facts in ((MAIN_CF, self.main), (MASTER_CF, self.master)):
            if own == path or own.startswith(path.rstrip("/") + "/"):
                facts.reach(EVERYTHING, anything(by))

    def _state(self, environment: Environment) -> State:
        configuration = {MAIN_CF: self.main.copy(), MASTER_CF: self.master.copy()}
        tails: dict[str, str | None] = {MAIN_CF: None, MASTER_CF: None}
        return State(environment=environment, files=self.files.copy(), configuration=configuration, tails=tails)

    def _left(self, state: State) -> Configuration:
        found = state.configuration
        return replace(self, main=found[MAIN_CF], master=found[MASTER_CF], files=state.files)

    def given(self, line: Line) -> None:
        """Give a service an option, by a line ``service/type/parameter=value`` as ``postconf -P`` takes it."""
        name, sign, value = line.text.partition("=")
        service, _, parameter = name.strip().rpartition("/")
        by = line.unknown or Unknown("it is given by this line", line.origin)
        by = Unknown(by.reason, by.origin or line.origin)
        if HOLE in name:
            self.master.reach(EVERYTHING, anything(by))
        known = self.master.of(service)
        if sign and known is not None and known.sure and known.text and len(value.split()) < 2:
            self.master.put(service, Fact(edited_option(known.text, parameter, value.strip()), by))

    # -- what comes of it ----------------------------------------------------------------------

    def listener(self, port: int) -> Listener | None:
        """The listener on a port; of several the last counts.

        Raises:
            UnknownValueError: it may have been changed, or made, by what is not understood.
            Malformed: a service keeps Postfix from starting.
        """
        found = None
        for service, fact in self.master.known.items():
            name, _, kind = service.rpartition("/")
            listening = kind == "inet" and port_of(name) == port
            if listening and not fact.sure:
                raise UnknownValueError(fact.by.reason, fact.by.origin)
            if fact.sure and fact.text is not None and (listening or fact.by is not BEFORE):
                listeners = read_listeners([self._line(fact)])
                found = listeners[-1] if listening and listeners else found
        other = self.master.of(f"{port}/inet") if found is None else None
        if other is not None and not other.sure:
            raise UnknownValueError(other.by.reason, other.by.origin)
        return found

    def _line(self, fact: Fact) -> Line:
        text = " ".join((fact.text or "").split("\n"))
        return Line(text, fact.by.origin, fact.by if HOLE in text else None)

    def options(self, parameter: str) -> Iterator[ServiceOption]:
        """A parameter as services have it for themselves, other than they had it at first; with a value of None
        where they may have been given one."""
        for service, fact in self.master.known.items():
            if fact.by is BEFORE or fact.text is None:
                continue
            if not fact.sure and HOLE in fact.text:
                yield ServiceOption(service, parameter, None, fact.by.origin)
                continue
            # What may not be there at all is in doubt only as far as it says something.
            for option in self._option(service, fact, parameter):
                yield option if fact.sure else replace(option, value=None, perhaps=option.value)
        for reach, fact in self.master.spread:
            # One that reaches only services of some names reaches none that is known to be there.
            if fact.is_anything and reach == EVERYTHING:
                yield ServiceOption("a service", parameter, None, fact.by.origin)

    def _option(self, service: str, fact: Fact, parameter: str) -> Iterator[ServiceOption]:
        text = fact.text or ""
        if parameter not in text and HOLE not in text:  # as in most
            return
        _, options, rest = parsed_entry(text)
        before = dict(parsed_entry(self.stock.get(service, ""))[1])
        value, origin = dict(options).get(parameter), fact.by.origin
        hidden = any(HOLE in name for name, _ in options) or any(HOLE in word for word in rest)
        if hidden or (value is not None and HOLE in value):
            yield ServiceOption(service, parameter, None, origin)
        elif value is not None and value != before.get(parameter):
            yield ServiceOption(service, parameter, value, origin)
