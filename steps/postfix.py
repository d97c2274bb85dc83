"""Postfix's parameters, as the container's main.cf sets them."""

from __future__ import annotations

from pytest_bdd import given, parsers, then

from gate.evidence import Evidence
from readers import Missing
from readers.hosts import exempt_outside, names_host_in
from readers.kubernetes import Container
from readers.postfix import MainCf, integer, time_seconds
from readers.postfix_setup import main_cf_in, mounted_at, mounted_main_cf, overruling, service_options
from readers.programs.postconf import examine_main_cf, value_by_postconf
from steps._findings import Table, column, examine, judge, rows


@given(parsers.parse('the main.cf mounted at "{path}"'), target_fixture="main_cf")
def the_main_cf(container: Container, path: str) -> MainCf:
    return mounted_main_cf(container, path)


@given(parsers.parse('the main.cf mounted at "{path}", as "{script}" leaves it'), target_fixture="main_cf")
def the_main_cf_in_the_end(container: Container, path: str, script: str) -> MainCf:
    return main_cf_in(container, path, script)


@then("postconf finds no misspelt parameter in it, and no number that is none")
def parameters_taken(evidence: Evidence, main_cf: MainCf) -> None:
    examine(evidence, "main.cf", "postconf", lambda: examine_main_cf(main_cf))


@then(parsers.re(r'the Postfix parameter (?P<name>\w+) is (?P<number>\d+)'))
def parameter_is_number(evidence: Evidence, main_cf: MainCf, name: str, number: str) -> None:
    judge(evidence, name, number, lambda: main_cf.required(name), lambda text: integer(text) == int(number))
    _prove(evidence, main_cf, name)


@then(parsers.re(r'the Postfix parameter (?P<name>\w+) is "(?P<value>[^"]*)"'))
def parameter_is(evidence: Evidence, main_cf: MainCf, name: str, value: str) -> None:
    judge(evidence, name, f'"{value}"', lambda: main_cf.required(name), lambda text: text == value)
    _prove(evidence, main_cf, name)


@then(parsers.parse("the Postfix parameter {name} is a time of {seconds:d} seconds"))
def parameter_is_time(evidence: Evidence, main_cf: MainCf, name: str, seconds: int) -> None:
    judge(evidence, name, f"{seconds} seconds", lambda: main_cf.required(name), lambda t: time_seconds(t) == seconds)
    _prove(evidence, main_cf, name)


@then(parsers.parse('no service has another {name} of its own, by "{patch}" or "{script}"'))
def no_service_has_another(
    evidence: Evidence, container: Container, main_cf: MainCf, name: str, patch: str, script: str
) -> None:
    what, expected = f"{name} of single services", "as in main.cf"
    with evidence.about(what, expected):
        others = service_options(container, name, patch, script).other_than(main_cf, name)
        for option in others:
            evidence.check(what, expected=expected, actual=option.shown, ok=False, at=option.origin)
        if not others:
            evidence.check(what, expected=expected, actual="no other", ok=True)


@then("none of these Postfix parameters overrules that:")
def nothing_overrules(evidence: Evidence, main_cf: MainCf, datatable: Table) -> None:
    for name, harmless in datatable[1:]:
        expected = f'not set, or "{harmless}"' if harmless else "not set"
        with evidence.about(name, expected):
            overrules, found = overruling(main_cf, name, harmless)
            evidence.check(name, expected=expected, actual=found.shown if found else "not set", ok=not overrules,
                           at=found.origin if found else None)


@then(parsers.parse('the Postfix parameter {name}, if set, is not empty'))
def parameter_not_empty(evidence: Evidence, main_cf: MainCf, name: str) -> None:
    if main_cf.parameter(name) is None:
        evidence.check(name, expected="not empty", actual="not set here", ok=True)
    else:
        judge(evidence, name, "not empty", lambda: main_cf.required(name), bool)


@then(parsers.parse("its environment has no {variable}"))
def environment_lacks(evidence: Evidence, container: Container, variable: str) -> None:
    what, expected = f"{variable} in {container.label}", "not set"
    with evidence.about(what, expected):
        try:
            found = container.environment(variable)
        except Missing as error:
            evidence.check(what, expected=expected, actual="not set", ok=True, at=error.origin)
        else:
            judge(evidence, what, expected, lambda: found, lambda text: not text)


@then(parsers.parse('nothing is mounted at "{path}"'))
def nothing_mounted(evidence: Evidence, container: Container, path: str) -> None:
    what = f"{path} in {container.label}"
    with evidence.about(what, "not mounted"):
        at = mounted_at(container, path)
        evidence.check(what, expected="not mounted", actual="mounted" if at else "not mounted", ok=at is None, at=at)


@then("the relay is used over authenticated TLS:")
def parameters_are(evidence: Evidence, main_cf: MainCf, datatable: Table) -> None:
    for row in rows(datatable):
        name, values = row["parameter"], row["values"].split(", ")
        judge(evidence, name, " or ".join(values), lambda n=name: main_cf.required(n), lambda t, v=values: t in v)
        _prove(evidence, main_cf, name)


@then(parsers.parse("the Postfix parameter {name}, if set, names only $mynetworks and addresses in:"))
def names_only(evidence: Evidence, main_cf: MainCf, name: str, datatable: Table) -> None:
    networks = column(datatable)
    what, expected = name, f"only $mynetworks and addresses in {', '.join(networks)}"
    with evidence.about(what, expected):
        outside = exempt_outside(main_cf, name, networks)
        evidence.check(what, expected=expected, actual=outside.shown, ok=outside.nobody, at=outside.origin)
    _prove(evidence, main_cf, name)


@then(parsers.parse('the Postfix parameter {name} names no host in "{domain}"'))
def parameter_avoids(evidence: Evidence, main_cf: MainCf, name: str, domain: str) -> None:
    expected = f"no host in {domain}"
    if main_cf.parameter(name) is None:
        evidence.check(name, expected=expected, actual="not set", ok=True)
    else:
        judge(evidence, name, expected, lambda: main_cf.required(name), lambda text: not names_host_in(text, domain))


@then(parsers.parse('{variable} in its environment names no host in "{domain}"'))
def variable_avoids(evidence: Evidence, container: Container, variable: str, domain: str) -> None:
    what, expected = f"{variable} in {container.label}", f"no host in {domain}"
    with evidence.about(what, expected):
        try:
            found = container.environment(variable)
        except Missing as error:
            evidence.check(what, expected=expected, actual="not set", ok=True, at=error.origin)
        else:
            judge(evidence, what, expected, lambda: found, lambda text: not names_host_in(text, domain))


def _prove(evidence: Evidence, main_cf: MainCf, name: str) -> None:
    """Record whether postconf reads what is read here; what is not known was said before."""
    main_cf = main_cf.unchanged
    what, read = f"{name}, by postconf", main_cf.parameter(name)
    if read is not None and read.unknown:
        return
    expected = f'"{" ".join(read.text.split())}"' if read else "not set"
    with evidence.about(what, f"{expected}, as read"):
        value = value_by_postconf(main_cf, name)
        actual = "not set" if value is None else f'"{value}"'
        evidence.check(what, expected=f"{expected}, as read", actual=f"postconf: {actual}", ok=actual == expected,
                       at=read.origin if read else main_cf.text.origin)
