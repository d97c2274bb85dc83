"""The schemas that others hold our reports to.

tests/spec/reports/ has both as they stand with their owners.  junit-10.xsd is that of Jenkins' xUnit plugin (MIT,
Gregory Boissinot).  sarif-schema-2.1.0.json is OASIS' (errata 01; docs.oasis-open.org/sarif/sarif/v2.1.0; copyright
OASIS Open, whose IPR policy lets it be copied whole).
"""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
from lxml import etree

_SPEC = Path(__file__).parents[1] / "spec" / "reports"
_XS = "http://www.w3.org/2001/XMLSchema"


def _junit() -> etree.XMLSchema:
    """With the one thing that it lacks and Jenkins' own JUnit plugin, GitLab and pytest have: a testcase's properties."""
    document = etree.parse(_SPEC / "junit-10.xsd")
    (choice,) = document.xpath("//xs:element[@name='testcase']//xs:choice", namespaces={"xs": _XS})
    etree.SubElement(choice, f"{{{_XS}}}element", ref="properties")
    return etree.XMLSchema(document)


JUNIT = _junit()
SARIF = jsonschema.Draft4Validator(
    json.loads((_SPEC / "sarif-schema-2.1.0.json").read_text("utf-8")), format_checker=jsonschema.FormatChecker()
)
