from __future__ import annotations

import re

import pytest

import tests.readers.real_programs as programs
from readers import Malformed
from readers.postfix.master_cf import Listener, read_listeners
from tests.readers.record_programs import cases, recorded
from tfparse.cty.values import string
from tfparse.diagnostics import Origin, UnknownValueError


def listeners(content: str) -> list[Listener]:
    return read_listeners(string(content, Origin("master.cf", 1), verbatim=True).lines())


def agrees(content: str, said: dict[str, str]) -> None:
    if "refused" in said:
        with pytest.raises(Malformed, match="a line is no service"):
            listeners(content)
        return
    found = {f"{one.port}/{name}": value for one in listeners(content) for name, value in one.options.items()}
    assert found == {re.sub(r"^(?:\S*:)?(\d+)/inet/", r"\1/", name): value for name, value in said.items()}


@pytest.mark.parametrize("case", cases("postfix/master_cf"))
def test_reads_options_as_postfix_does(case: str) -> None:
    agrees(cases("postfix/master_cf")[case], recorded("postfix/master_cf")[case])


@programs.needs("postconf")
def test_postfix_still_says_so() -> None:
    texts = list(cases("postfix/master_cf").values())
    for content, said in zip(texts, programs.each(programs.master_cf, texts), strict=True):
        agrees(content, said)


@pytest.mark.parametrize(
    ("service", "port"),
    [("2525", 2525), ("smtp", 25), ("submission", 587), ("smtps", 465), ("submissions", 465), ("10.0.0.1:smtp", 25)],
)
def test_ports_by_name_and_number(service: str, port: int) -> None:
    assert [listener.port for listener in listeners(f"{service} inet n - n - - smtpd\n")] == [port]


@pytest.mark.parametrize(
    ("service", "why"),
    [
        ("2525 inet nx - n - 1 postscreen", '"nx" stands where'),
        ("2525 inet n - nx - - smtpd", '"nx" stands where'),
        ("2525 inet y - n - - smtpd", "an inet service is private"),
        ("2525 inet - - n - - smtpd", "an inet service is private"),
        ("2525 inet n - n - 2 postscreen", "requires a process limit of 1"),
        ("2525 inet n - n - 0 postscreen", "requires a process limit of 1"),
        ("2525 inet n - n - - postscreen", "requires a process limit of 1"),
    ],
)
def test_services_that_master_does_not_start(service: str, why: str) -> None:
    """Each was put to the master of Postfix 3.7.11, which ended, or whose postscreen did."""
    with pytest.raises(Malformed, match=why):
        listeners(service)


def test_other_types_do_not_listen() -> None:
    assert listeners("pickup unix n - n 60 1 pickup\n") == []


@pytest.mark.parametrize(
    ("service", "required"),
    [
        ("2525 inet n - n - 1 postscreen -o postscreen_upstream_proxy_protocol=haproxy", True),
        ("2525 inet n - n - - smtpd -o smtpd_upstream_proxy_protocol=haproxy", True),
        ("2525 inet n - n - - smtpd -o { smtpd_upstream_proxy_protocol = haproxy }", True),
        ("2525 inet n - n - - smtpd", False),
        ("2525 inet n - n - - smtpd -o smtpd_upstream_proxy_protocol=", False),
        ("2525 inet n - n - - smtpd -o smtpd_upstream_proxy_protocol='haproxy'", False),
        ("2525 inet n - n - - smtpd -o smtpd_upstream_proxy_protocol=haproxy -o smtpd_upstream_proxy_protocol=", False),
        # each program reads its own parameter only
        ("2525 inet n - n - 1 postscreen -o smtpd_upstream_proxy_protocol=haproxy", False),
        ("2525 inet n - n - - smtpd -o postscreen_upstream_proxy_protocol=haproxy", False),
    ],
)
def test_the_proxy_protocol(service: str, required: bool) -> None:
    (listener,) = listeners(service)
    assert listener.requires_proxy is required


def test_a_parameter_of_main_cf_is_not_known() -> None:
    (listener,) = listeners("2525 inet n - n - - smtpd -o smtpd_upstream_proxy_protocol=$protocol")
    with pytest.raises(UnknownValueError, match=r"what \$protocol stands for is not known here"):
        _ = listener.requires_proxy
