"""Postfix's parameters, as the container's main.cf sets them."""

from __future__ import annotations

from collections.abc import Callable

from pytest_bdd import given, parsers, then

from gate.evidence import Evidence
from gate.words import takes
from readers import Missing
from readers.account import Setting
from readers.docker_mailserver.mail_flow import (
    may_lack_milter,
    may_not_listen,
    milters,
    relay_login,
    service_origin,
    without_milter,
)
from readers.docker_mailserver.postfix_setup import PostfixSetup, mounted_at, overruling
from readers.docker_mailserver.variables import effective
from readers.kubernetes import Container
from readers.postfix.access import OtherWay
from readers.postfix.hosts import exempt_outside, names_host_in
from readers.postfix.main_cf import MainCf
from readers.postfix.postconf import examine_main_cf, value_by_postconf
from readers.subjects.condition import parse_condition
from readers.subjects.postfix import says
from steps._findings import Table, column, examine, judge, rows


@given("its Postfix configuration, as docker-mailserver puts it together", target_fixture="postfix")
def the_postfix_configuration(evidence: Evidence, container: Container) -> PostfixSetup:
    found = PostfixSetup(container)
    evidence.heed(found.account)
    return found


@then("postconf finds no misspelt parameter in it, and a number wherever one belongs")
def parameters_taken(evidence: Evidence, postfix: PostfixSetup) -> None:
    examine(evidence, "main.cf", "postconf", lambda: examine_main_cf(postfix.main_cf.unchanged))


@then("for every service, these Postfix parameters are:")
@takes("parameter", "is")
def parameters_are(evidence: Evidence, postfix: PostfixSetup, datatable: Table) -> None:
    for name, cell in ((row["parameter"], row["is"]) for row in rows(datatable)):
        with evidence.about(name, cell):
            condition = parse_condition(cell)
            _judge_parameter(evidence, postfix, name, cell, lambda text, c=condition: says(text, c))


@then("these Postfix parameters are not set, or to what is harmless:")
@takes("parameter", "harmless")
def nothing_overrules(evidence: Evidence, postfix: PostfixSetup, datatable: Table) -> None:
    for name, harmless in ((row["parameter"], row["harmless"]) for row in rows(datatable)):
        expected = f"not set, or {harmless}" if harmless else "not set"
        with evidence.about(name, expected):
            overrules, found = overruling(postfix, name, harmless)
            evidence.check(
                name,
                expected=expected,
                actual=found.shown if found else "not set",
                ok=not overrules,
                at=found.origin if found else None,
                note=postfix.note(name),
            )
        _judge_own(evidence, postfix, name, expected, harmless)


@then(parsers.parse('every service that takes mail from other hosts passes it through the milter "{milter}"'))
def passes_milter(evidence: Evidence, container: Container, postfix: PostfixSetup, milter: str) -> None:
    name, expected = "smtpd_milters", f"{milter} among them"
    judge(evidence, name, expected, lambda: postfix.main_cf.required(name), lambda text: milter in milters(text))
    with evidence.about(name, expected):
        for found in without_milter(postfix, milter):
            evidence.check(found.parameter, expected=expected, actual=found.shown, ok=False, at=found.origin)
        for found in (*may_lack_milter(postfix), *may_not_listen(container)):
            evidence.undetermined(found.parameter, expected=expected, reason=found.shown, at=found.origin)


@then("no restriction sends mail another way")
def restrictions_send_nowhere(evidence: Evidence, postfix: PostfixSetup) -> None:
    what, expected = "access tables of the restrictions", "none of them hands mail to a filter"
    with evidence.about(what, expected):
        found = list(postfix.other_ways())
        for way in found:
            _judge_way(evidence, what, expected, way)
        if not found:
            evidence.check(what, expected=expected, actual="none does", ok=True)


@then("Postfix has a login for its relay")
def has_login(evidence: Evidence, container: Container, postfix: PostfixSetup) -> None:
    what, expected = "login for the relay", "one that Postfix finds"
    with evidence.about(what, expected):
        login = relay_login(container, postfix.main_cf)
        evidence.check(what, expected=expected, actual=login.shown, ok=login.found, at=login.origin, note=login.note)
        _judge_services(evidence, postfix, "smtp_sasl_password_maps")


@then(parsers.parse('Postfix has the service "{service}"'))
def has_service(evidence: Evidence, postfix: PostfixSetup, service: str) -> None:
    what = f"service {service}"
    with evidence.about(what, "it is there"):
        origin = service_origin(postfix, service)
        evidence.check(what, expected="it is there", actual="it is there", ok=True, at=origin)


@then(parsers.parse('nothing is mounted at "{path}"'))
def nothing_mounted(evidence: Evidence, container: Container, path: str) -> None:
    what = f"{path} in {container.label}"
    with evidence.about(what, "not mounted"):
        at = mounted_at(container, path)
        evidence.check(what, expected="not mounted", actual="mounted" if at else "not mounted", ok=at is None, at=at)


@then(parsers.parse("the Postfix parameter {name}, if set, names for every service only $mynetworks and addresses in:"))
@takes("network")
def names_only(evidence: Evidence, postfix: PostfixSetup, name: str, datatable: Table) -> None:
    networks = column(datatable)
    what, expected = name, f"only $mynetworks and addresses in {', '.join(networks)}"
    with evidence.about(what, expected):
        outside = exempt_outside(postfix.main_cf, name, networks)
        evidence.check(what, expected=expected, actual=outside.shown, ok=outside.nobody, at=outside.origin)
        _prove(evidence, postfix, name)


@then(parsers.parse('none of these Postfix parameters names a host in "{domain}":'))
@takes("parameter")
def parameters_avoid(evidence: Evidence, postfix: PostfixSetup, domain: str, datatable: Table) -> None:
    for name in column(datatable):
        _judge_if_set(evidence, postfix, name, f"no host in {domain}", lambda text: not names_host_in(text, domain))


@then(parsers.parse('none of these variables of its environment names a host in "{domain}":'))
@takes("variable")
def variables_avoid(evidence: Evidence, container: Container, domain: str, datatable: Table) -> None:
    for name in column(datatable):
        what, expected = f"{name} in {container.label}", f"no host in {domain}"
        _judge_variable(evidence, container, name, what, expected, lambda text: not names_host_in(text, domain))


def _judge_way(evidence: Evidence, what: str, expected: str, way: OtherWay) -> None:
    if way.certain:
        evidence.check(what, expected=expected, actual=way.shown, ok=False, at=way.origin)
    else:
        evidence.undetermined(what, expected=expected, reason=way.shown, at=way.origin)


def _judge_own(evidence: Evidence, postfix: PostfixSetup, name: str, expected: str, harmless: str) -> None:
    """Record each service that has a value of its own that is not harmless."""
    with evidence.about(name, expected):
        for option in postfix.service_options(name).other_than(postfix.main_cf, name):
            if option.value and option.value not in harmless.split(", "):
                evidence.check(name, expected=expected, actual=option.shown, ok=False, at=option.origin)


def _judge_variable(
    evidence: Evidence, container: Container, name: str, what: str, expected: str, holds: Callable[[str], bool]
) -> None:
    """Record whether a variable of the environment, where it is set, satisfies ``holds``."""
    with evidence.about(what, expected):
        try:
            found = effective(container, name)
        except Missing as error:
            evidence.check(what, expected=expected, actual="not set", ok=True, at=error.origin)
        else:
            judge(evidence, what, expected, lambda: found, holds)


def _judge_parameter(
    evidence: Evidence, postfix: PostfixSetup, name: str, expected: str, holds: Callable[[str], bool]
) -> None:
    """Record whether a parameter satisfies ``holds``, and each service that has another value of its own."""
    with evidence.about(name, expected):
        main_cf = postfix.main_cf
        judge(evidence, name, expected, lambda: main_cf.required(name), holds)
        _prove(evidence, postfix, name)


def _judge_if_set(
    evidence: Evidence, postfix: PostfixSetup, name: str, expected: str, holds: Callable[[str], bool]
) -> None:
    """Likewise of a parameter that need not be set."""
    with evidence.about(name, expected):
        if postfix.main_cf.parameter(name) is None:
            evidence.check(name, expected=expected, actual="not set", ok=True)
        else:
            judge(evidence, name, expected, lambda: postfix.main_cf.required(name), holds)


def _prove(evidence: Evidence, postfix: PostfixSetup, name: str) -> None:
    """Record which services have another value of their own, and whether postconf reads main.cf as it is read here;
    what is not known was said before."""
    _judge_services(evidence, postfix, name)
    main_cf = postfix.main_cf.unchanged
    read = main_cf.parameter(name)
    if read is None or not read.value.is_unknown:
        _judge_by_postconf(evidence, main_cf, name, read)


def _judge_services(evidence: Evidence, postfix: PostfixSetup, name: str) -> None:
    what, expected = f"{name} of single services", "as in main.cf"
    with evidence.about(what, expected):
        others = postfix.service_options(name).other_than(postfix.main_cf, name)
        for option in others:
            evidence.check(what, expected=expected, actual=option.shown, ok=False, at=option.origin)
        if not others:
            evidence.check(what, expected=expected, actual="no other", ok=True)


def _judge_by_postconf(evidence: Evidence, main_cf: MainCf, name: str, read: Setting | None) -> None:
    expected = f'"{" ".join(read.text.split())}"' if read else "not set"
    what = f"{name}, by postconf"
    with evidence.about(what, f"{expected}, as read"):
        value = value_by_postconf(main_cf, name)
        actual = "not set" if value is None else f'"{value}"'
        evidence.check(
            what,
            expected=f"{expected}, as read",
            actual=f"postconf: {actual}",
            ok=actual == expected,
            at=read.origin if read else main_cf.text.origin,
        )
