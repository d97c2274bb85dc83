"""Of what docker-mailserver's own start-up makes of environments and files, the readers say the same, or a doubt."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pytest

from readers import Malformed, Missing
from readers.docker_mailserver.mail_flow import relay_login
from readers.docker_mailserver.postfix_setup import PostfixSetup
from readers.docker_mailserver.rspamd_setup import overrides
from readers.docker_mailserver.variables import is_on
from readers.kubernetes import Cluster, Container
from readers.postfix.master_cf import parsed_entry
from tests.readers.docker_mailserver.questions import RECORDED, questions
from tests.readers.kubernetes.source import block, config_map, deployment
from tfparse.diagnostics import UnknownValueError

CONFIG = "/tmp/docker-mailserver"
ANSWERS: list[dict[str, Any]] = json.loads(RECORDED.read_text())["answers"]
LEFT_OUT = {
    "sender_dependent_relayhost_maps": "a table that is empty without RELAY_HOST and postfix-relaymap.cf",
    "smtp_sasl_security_options": "not asked for; Postfix' default refuses anonymous logins too",
}
DEFAULTS = {
    "smtp_sasl_auth_enable": "no", "smtpd_client_connection_rate_limit": "0", "smtpd_client_message_rate_limit": "0",
    "smtpd_client_event_limit_exceptions": "${smtpd_client_connection_limit_exceptions:$mynetworks}",
    "anvil_rate_time_unit": "60s",
}  # fmt: skip
"""Postfix' own, where it is not the empty text (postconf -d)."""
DAEMONS = {
    "ENABLE_RSPAMD": "rspamd", "ENABLE_OPENDKIM": "opendkim", "ENABLE_OPENDMARC": "opendmarc",
    "ENABLE_AMAVIS": "amavis", "ENABLE_MTA_STS": "mta_sts_daemon",
}  # fmt: skip


def container(answer: Mapping[str, Any]) -> Container:
    """A container with that environment, in which those files are mounted."""
    files = {"postfix-main.cf": "# nothing\n", **answer["files"]}
    data = {f"file-{at}": text for at, text in enumerate(files.values())}
    mounts = [
        block("volume_mount", name="files", mount_path=f"{CONFIG}/{name}", sub_path=f"file-{at}")
        for at, name in enumerate(files)
    ]
    variables = [block("env", name=name, value=value) for name, value in answer["environment"].items()]
    image = "docker.io/mailserver/docker-mailserver:15.0.0"
    pod = [
        block("container", *variables, *mounts, name="mail", image=image),
        block("volume", block("config_map", name="files"), name="files"),
    ]
    workload = Cluster([deployment("mail", *pod), config_map("files", data)]).deployment("mail")
    return workload.container("mail")


def told(answer: Mapping[str, Any]) -> str:
    return json.dumps({key: answer[key] for key in ("environment", "files")})


@pytest.fixture(params=range(len(ANSWERS)))
def answer(request: pytest.FixtureRequest) -> dict[str, Any]:
    return ANSWERS[request.param]


def parameter(postfix: PostfixSetup, name: str) -> str | None:
    """A parameter as the readers have it; None in doubt."""
    try:
        found = postfix.main_cf.parameter(name)
        return DEFAULTS.get(name, "") if found is None else found.text
    except (UnknownValueError, Malformed):
        return None


def test_the_answers_are_to_these_questions() -> None:
    asked = [{"environment": dict(q.environment), "files": dict(q.files)} for q in questions()]
    assert [{key: answer[key] for key in ("environment", "files")} for answer in ANSWERS] == asked


def test_main_cf(answer: dict[str, Any]) -> None:
    postfix = PostfixSetup(container(answer))
    if not answer["main"]:
        pytest.skip("Postfix refuses its configuration")
    # With PERMIT_DOCKER = container its own address is one of its networks, which is nobody else's.
    theirs = {name: text.removesuffix(" 10.1.2.3/32") for name, text in answer["main"].items()}
    ours = {name: parameter(postfix, name) for name in theirs if name not in LEFT_OUT}
    wrong = {name: (text, theirs[name]) for name, text in ours.items() if text not in (None, theirs[name])}
    assert not wrong, told(answer)


def test_seldom_in_doubt() -> None:
    asked = [(answer, name) for answer in ANSWERS for name in answer["main"]]
    doubts = [name for answer, name in asked if parameter(PostfixSetup(container(answer)), name) is None]
    assert len(doubts) < len(asked) / 30


def options(text: str) -> dict[str, str]:
    """The options of a service.  Nothing asks whether one takes logins, which SMTP_ONLY ends."""
    return {name: value for name, value in parsed_entry(text)[1] if name != "smtpd_sasl_auth_enable"}


def test_master_cf(answer: dict[str, Any]) -> None:
    postfix = PostfixSetup(container(answer))
    for service, theirs in answer["master"].items():
        fact = postfix.service(service)
        if fact is not None and fact.sure and fact.text is not None:
            assert options(" ".join(fact.text.split("\n"))) == options(theirs), told(answer)


def test_the_login(answer: dict[str, Any]) -> None:
    relay = answer["main"].get("relayhost")
    if not relay or not answer["main"]["smtp_sasl_password_maps"].endswith("/sasl_passwd"):
        return
    keys = [line.split()[0] for line in (answer["logins"] or "").splitlines() if line.split()]
    mail = container(answer)
    try:
        found = relay_login(mail, PostfixSetup(mail).main_cf).found
    except UnknownValueError:
        return
    assert found == (relay in keys), told(answer)


def test_what_is_started(answer: dict[str, Any]) -> None:
    mail = container(answer)
    if answer["daemons"] is None:
        pytest.skip("the start-up ends on its way")
    for switch, daemon in DAEMONS.items():
        try:
            assert is_on(mail, switch) == (f"_start_daemon_{daemon}" in answer["daemons"]), (switch, told(answer))
        except UnknownValueError:
            continue


def plain(text: str) -> list[str]:
    """The lines that say something."""
    return [line for line in text.splitlines() if line.strip() and not line.lstrip().startswith("#")]


def test_rspamds_overrides(answer: dict[str, Any]) -> None:
    mail = container(answer)
    if "_start_daemon_rspamd" not in (answer["daemons"] or ()) or answer["environment"].get("ENABLE_RSPAMD") != "1":
        return
    try:
        ours = {name: plain(file.text) for name, file in overrides(mail, f"{CONFIG}/rspamd/override.d").items()}
    except (UnknownValueError, Missing):
        return
    theirs = {name: plain(text) for name, text in answer["rspamd"].items()}
    assert ours == theirs, told(answer)
