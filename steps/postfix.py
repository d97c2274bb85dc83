"""Postfix's parameters, as the container's main.cf sets them."""

from __future__ import annotations

import pytest
from pytest_bdd import given, parsers, then

from gate.evidence import Evidence
from gate.vocabulary import give
from gate.words import also, special, takes
from readers.account import Setting
from readers.docker_mailserver.mail_flow import (
    may_lack_milter,
    may_not_listen,
    milters,
    relay_login,
    service_origin,
    without_milter,
)
from readers.docker_mailserver.postfix_setup import PostfixSetup, overruling
from readers.kubernetes import Container
from readers.postfix.access import OtherWay
from readers.postfix.hosts import exempt_outside
from readers.postfix.main_cf import MainCf
from readers.postfix.postconf import examine_main_cf, value_by_postconf
from readers.subjects.condition import Condition, parse_condition
from readers.subjects.postfix import says
from steps._findings import ROWS, Examinable, Table, column, judge, rows


@given("its Postfix configuration, as docker-mailserver puts it together", target_fixture="postfix")
@also("examined")
def the_postfix_configuration(evidence: Evidence, request: pytest.FixtureRequest, container: Container) -> PostfixSetup:
    found = PostfixSetup(container)
    evidence.heed(found.account)
    postconf = Examinable("postconf", lambda: examine_main_cf(found.main_cf.unchanged))
    give(request, "examined", {"main.cf": postconf})
    return found


@then("for every service, these Postfix parameters are:")
@takes("parameter", "is", reads=ROWS)
def parameters_are(evidence: Evidence, postfix: PostfixSetup, datatable: Table) -> None:
    """In main.cf, as postconf reads it too, and wherever a service has a value of its own."""
    for name, cell in ((row["parameter"], row["is"]) for row in rows(datatable)):
        with evidence.about(name, cell):
            _judge_parameter(evidence, postfix, name, parse_condition(cell))
            _prove(evidence, postfix, name)


@then("these Postfix parameters are not set, or to what is harmless:")
@takes("parameter", "harmless")
@special("what such a parameter does is said by tables and filters, of which some are seen to be harmless")
def nothing_overrules(evidence: Evidence, postfix: PostfixSetup, datatable: Table) -> None:
    for name, harmless in ((row["parameter"], row["harmless"]) for row in rows(datatable)):
        expected = f"not set, or {harmless}" if harmless else "not set"
        with evidence.about(name, expected):
            overrules, found = overruling(postfix, name, harmless)
            actual, at = (found.shown, found.origin) if found else ("not set", None)
            evidence.check(name, expected, actual, ok=not overrules, at=at, note=postfix.note(name))
        _judge_own(evidence, postfix, name, expected, harmless)


@then(parsers.parse('every service that takes mail from other hosts passes it through the milter "{milter}"'))
@special("a service's own list, a map by client or an option may take its mail past a milter")
def passes_milter(evidence: Evidence, container: Container, postfix: PostfixSetup, milter: str) -> None:
    name, expected = "smtpd_milters", f"{milter} among them"
    judge(evidence, name, expected, lambda: postfix.main_cf.required(name), lambda text: milter in milters(text))
    with evidence.about(name, expected):
        for found in without_milter(postfix, milter):
            evidence.check(found.parameter, expected, found.shown, ok=False, at=found.origin)
        for found in (*may_lack_milter(postfix), *may_not_listen(container)):
            evidence.undetermined(found.parameter, expected, found.shown, at=found.origin)


@then("no restriction sends mail another way")
@special("access tables, inline or in files, may hand mail to a filter whatever the relay is")
def restrictions_send_nowhere(evidence: Evidence, postfix: PostfixSetup) -> None:
    what, expected = "access tables of the restrictions", "none of them hands mail to a filter"
    with evidence.about(what, expected):
        found = list(postfix.other_ways())
        for way in found:
            _judge_way(evidence, what, expected, way)
        if not found:
            evidence.check(what, expected, "none does", ok=True)


@then("Postfix has a login for its relay")
@special("it is looked up in the tables of smtp_sasl_password_maps, which docker-mailserver may make itself")
def has_login(evidence: Evidence, container: Container, postfix: PostfixSetup) -> None:
    what, expected = "login for the relay", "one that Postfix finds"
    with evidence.about(what, expected):
        login = relay_login(container, postfix)
        evidence.check(what, expected, login.shown, ok=login.found, at=login.origin, note=login.note)
        _judge_services(evidence, postfix, "smtp_sasl_password_maps")


@then(parsers.parse('Postfix has the service "{service}"'))
@special("master.cf is the image's own, as docker-mailserver's start-up leaves it")
def has_service(evidence: Evidence, postfix: PostfixSetup, service: str) -> None:
    what = f"service {service}"
    with evidence.about(what, "it is there"):
        origin = service_origin(postfix, service)
        evidence.check(what, "it is there", "it is there", ok=True, at=origin)


@then(parsers.parse("the Postfix parameter {name}, if set, names for every service only $mynetworks and addresses in:"))
@takes("network")
def names_only(evidence: Evidence, postfix: PostfixSetup, name: str, datatable: Table) -> None:
    networks = column(datatable)
    what, expected = name, f"only $mynetworks and addresses in {', '.join(networks)}"
    with evidence.about(what, expected):
        outside = exempt_outside(postfix.main_cf, name, networks)
        evidence.check(what, expected, outside.shown, ok=outside.nobody, at=outside.origin)
        _judge_services(evidence, postfix, name)
        _prove(evidence, postfix, name)


def _judge_way(evidence: Evidence, what: str, expected: str, way: OtherWay) -> None:
    if way.certain:
        evidence.check(what, expected, way.shown, ok=False, at=way.origin)
    else:
        evidence.undetermined(what, expected, way.shown, at=way.origin)


def _judge_own(evidence: Evidence, postfix: PostfixSetup, name: str, expected: str, harmless: str) -> None:
    """Record each service that has a value of its own that is not harmless."""
    with evidence.about(name, expected):
        for option in postfix.service_options(name).other_than(postfix.main_cf, name):
            if option.value and option.value not in harmless.split(", "):
                evidence.check(name, expected, option.shown, ok=False, at=option.origin)


def _judge_parameter(evidence: Evidence, postfix: PostfixSetup, name: str, condition: Condition) -> None:
    """Record whether a condition holds of a parameter, and of each value that a service has of its own."""
    main_cf, expected = postfix.main_cf, condition.text
    if main_cf.parameter(name) is None and condition.holds(None) is True:
        evidence.check(name, expected, "not set", ok=True)
    else:
        judge(evidence, name, expected, lambda: main_cf.required(name), lambda text: says(text, condition))
    _judge_services(evidence, postfix, name, condition)


def _prove(evidence: Evidence, postfix: PostfixSetup, name: str) -> None:
    """Record whether postconf reads main.cf as it is read here; what is not known was said before."""
    main_cf = postfix.main_cf.unchanged
    read = main_cf.parameter(name)
    if read is None or not read.value.is_unknown:
        _judge_by_postconf(evidence, main_cf, name, read)


def _judge_services(evidence: Evidence, postfix: PostfixSetup, name: str, condition: Condition | None = None) -> None:
    """Record each service that has another value of its own: of which the condition holds, where there is one."""
    what, expected = f"{name} of single services", "as in main.cf" if condition is None else condition.text
    with evidence.about(what, expected):
        others = postfix.service_options(name).other_than(postfix.main_cf, name)
        for option in others:
            ok = condition is not None and option.value is not None and says(option.value, condition)
            evidence.check(what, expected, option.shown, ok=ok, at=option.origin)
        if not others:
            evidence.check(what, expected, "no other", ok=True)


def _judge_by_postconf(evidence: Evidence, main_cf: MainCf, name: str, read: Setting | None) -> None:
    as_read = f'"{" ".join(read.text.split())}"' if read else "not set"
    what, expected = f"{name}, by postconf", f"{as_read}, as read"
    with evidence.about(what, expected):
        value, at = value_by_postconf(main_cf, name), read.origin if read else main_cf.text.origin
        actual = "not set" if value is None else f'"{value}"'
        evidence.check(what, expected, f"postconf: {actual}", ok=actual == as_read, at=at)
