"""CrowdSec as its Helm chart configures it: whose logs its agents read, and what they know about them.

Source: https://artifacthub.io/packages/helm/crowdsec/crowdsec
"""

from __future__ import annotations

from fnmatch import fnmatchcase

from readers import Missing
from readers.helm.values import at_path, require_part
from tfparse.cty.values import Value
from tfparse.diagnostics import Origin, UnknownValueError


def acquisition_of(values: Value, namespace: str, pod: str, program: str) -> Value:
    """The entry of ``agent.acquisition`` that reads a pod's logs; ``pod`` is a glob that its glob must cover.

    Missing where there is none, UnknownValueError where an entry that is not known may be one.
    """
    require_part(values, "agent")
    acquisition = at_path(values, "agent", "acquisition")
    # What stands for the star is such as only a star fits: of no letter that a glob may name, and longer than a "?".
    example = pod.replace("*", "\ue000" * 8)
    doubt: UnknownValueError | None = None
    for entry in acquisition.elements():
        try:
            given = {key: _text(entry, key) for key in ("namespace", "podName", "program")}
        except UnknownValueError as error:
            doubt = doubt or error
            continue
        if (given["namespace"], given["program"]) == (namespace, program) and fnmatchcase(example, given["podName"]):
            return entry
    wanted = f"acquisition of {namespace}/{pod} as {program}"
    raise doubt or Missing(wanted, "agent.acquisition", acquisition.origin)


def _text(entry: Value, key: str) -> str:
    found = entry.get(key)
    return "" if found is None or found.is_null else found.as_string()


def collections(values: Value) -> tuple[list[str], Origin | None]:
    """The collections that agents install (``COLLECTIONS`` in ``agent.env``) and do not remove again
    (``DISABLE_COLLECTIONS``), and the line that says so."""
    env = at_path(values, "agent", "env")
    installed, removed = _variable(env, "COLLECTIONS"), _variable(env, "DISABLE_COLLECTIONS")
    if installed is None:
        raise Missing("variable COLLECTIONS", "agent.env", env.origin)
    without = [] if removed is None else removed.as_string().split()
    left = [name for name in installed.as_string().split() if name not in without]
    return left, removed.origin if removed is not None and without else installed.origin


def _variable(env: Value, name: str) -> Value | None:
    found = [entry for entry in env.elements() if _text(entry, "name") == name]
    return at_path(found[-1], "value") if found else None
