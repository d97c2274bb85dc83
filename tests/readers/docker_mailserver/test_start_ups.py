"""What docker-mailserver's own start-up made of environments and files: the reader says the same, or that it cannot know."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator

import pytest

from readers import Malformed, Missing
from readers.docker_mailserver.postfix_setup import PostfixSetup
from readers.docker_mailserver.rspamd_started import mounted_overrides
from readers.kubernetes import Container
from readers.postfix.master_cf import parsed_entry
from readers.shell.facts import Fact
from tests.readers.docker_mailserver.start_ups import MOUNTED, Answer, Case, cases, recorded
from tests.readers.kubernetes.source import block, config_map, container, deployment, env, mount, the_container, volume
from tfparse.cty.values import HOLE
from tfparse.diagnostics import UnknownValueError

CASES = list(cases())
IMAGE = "ghcr.io/docker-mailserver/docker-mailserver:15.0.0"
DOUBT = "in doubt"
LEFT_OUT = {("PERMIT_DOCKER='container'", "mynetworks")}
"""Its own address is added, which the repo does not know, and which is nobody else's."""
OWN_NAMES = {"dkim_milter", "dmarc_milter", "rspamd_milter", "policyd-spf_time_limit"}
"""No parameters of Postfix: ``postconf -n`` leaves them out where no other refers to them."""
COMMENT = re.compile(r"^#.*\n|^\n|[ ]+$", re.MULTILINE)
"""What means nothing in Rspamd's overrides."""


def declared(case: Case) -> Container:
    """The case as a deployment, each file a key of one ConfigMap."""
    keys = {path: f"file-{number}" for number, path in enumerate(case.files)}
    blocks = [env(name, value) for name, value in case.env.items()]
    blocks += [mount("files", path, key) for path, key in keys.items()]
    app = container("app", *blocks, image=IMAGE)
    source = volume("files", block("config_map", name="mail.files"))
    texts = config_map("mail.files", {key: case.files[path] for path, key in keys.items()})
    return the_container(deployment("mail", app, source), texts)


def parameters(postfix: PostfixSetup, names: set[str]) -> Iterator[tuple[str, str]]:
    for name in names:
        found = postfix.main_cf.parameter(name)
        if found is not None:
            yield name, DOUBT if found.value.is_unknown else " ".join(found.text.split())


def services(postfix: PostfixSetup, names: set[str]) -> Iterator[tuple[str, str]]:
    for name in names:
        fact = postfix.service(name)
        if fact is not None:
            fields, _, arguments = parsed_entry(" ".join((fact.text or "").split("\n")))
            yield name, " ".join([*fields[2:], *arguments]) if sure(fact) else DOUBT


def options(postfix: PostfixSetup, names: set[str]) -> Iterator[tuple[str, str]]:
    """Of the services that are there by themselves; what each has of its own is by service and parameter."""
    for service in {name.rpartition("/")[0] for name in names}:
        fact = postfix.service(service)
        if fact is None:
            continue
        own = dict(parsed_entry(" ".join((fact.text or "").split("\n")))[1]) if sure(fact) else {}
        yield from ((f"{service}/{parameter}", value) for parameter, value in own.items())
        if not sure(fact):
            yield from ((name, DOUBT) for name in names if name.startswith(f"{service}/"))


def sure(fact: Fact) -> bool:
    return fact.sure and HOLE not in (fact.text or "")


def overrides(app: Container) -> dict[str, str]:
    found = mounted_overrides(app, "ENABLE_RSPAMD = 1", f"{MOUNTED}rspamd/override.d")
    return {} if found is None else {name: COMMENT.sub("", text.as_string()) for name, text in found.texts.items()}


@functools.cache
def answers() -> dict[str, Answer]:
    return recorded()


@functools.cache
def read(case_name: str) -> Answer:
    """What the reader makes of a case, as far as it was recorded: what is in doubt is so marked."""
    case = next(case for case in CASES if case.name == case_name)
    app, real, plain = declared(case), answers()[case_name], answers()["plain"]
    postfix, found = PostfixSetup(app), Answer()
    asked = {key: {*real[key], *plain[key]} for key in ("main.cf", "master.cf", "options")}
    for key, look in (("main.cf", parameters), ("master.cf", services), ("options", options)):
        try:
            found[key] = dict(look(postfix, asked[key]))
        except (Malformed, Missing, UnknownValueError):
            found[key] = dict.fromkeys(asked[key], DOUBT)
    try:
        found["override.d"] = overrides(app)
    except UnknownValueError:
        found["override.d"] = dict.fromkeys(real["override.d"], DOUBT)
    return found


def wrong(case: Case) -> set[tuple[str, str | None, str | None]]:
    """What is neither as it was recorded nor in doubt: the name, what there was and what is read."""
    real, found = answers()[case.name], read(case.name)
    return {
        (name, there, said)
        for key, held in found.items()
        for name in {*real[key], *held}
        if (said := held.get(name)) not in (DOUBT, there := plain(key, real[key].get(name)))
        and not (there is None and name in OWN_NAMES)
        and (case.name, name) not in LEFT_OUT
    }


def plain(key: str, text: str | None) -> str | None:
    return text if text is None or key != "override.d" else COMMENT.sub("", text)


STARTED = [case for case in CASES if answers()[case.name]["starts"]]


@pytest.mark.parametrize("case", STARTED, ids=lambda case: case.name)
def test_as_the_start_up_does_or_not_known(case: Case) -> None:
    assert not wrong(case)


def test_doubts_are_rare() -> None:
    """One list of the image is never known (postscreen's DNS lists with ENABLE_DNSBL, the ciphers)."""
    doubtful = {
        case.name
        for case in STARTED
        if any(
            DOUBT in held.values() and (key != "main.cf" or names(held) - KNOWN_DOUBTS)
            for key, held in read(case.name).items()
        )
    }
    assert len(doubtful) <= len(STARTED) / 10, sorted(doubtful)


KNOWN_DOUBTS = {"tls_high_cipherlist", "postscreen_dnsbl_sites"}


def names(held: Answer) -> set[str]:
    return {name for name, value in held.items() if value == DOUBT}
