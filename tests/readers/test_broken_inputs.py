"""Each program is seen to close the gate: one edit of the good repo, what the program says of it, and where."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.suite.edits import replaced, stands_in
from tests.suite.gate_run import ROOT, run_gate

MODULE = "stacks/mailserver/modules/mailserver"
MAIN, VARIABLES = f"{MODULE}/main.tf", f"{MODULE}/variables.tf"
CHART = "stacks/monitoring/modules/monitoring/prometheus_chart_values.tpl"
RULE = '(kube_deployment_status_replicas_available{namespace="mailserver", deployment="mailserver"} or on() vector(0))'
NAMESPACE = RULE.replace(', deployment="mailserver"', "")
DOMAIN = 'viktorbarzin.me {\n          selector = "mail";\n          '
CRITICAL = 'true\n            channel: "#alerts"\n            color'
KEY = 'path = "/tmp/docker-mailserver/rspamd/dkim/viktorbarzin.me/mail.private";'


@dataclass(frozen=True)
class Edit:
    """In ``file``, ``old`` becomes ``new``; then ``program`` is quoted on ``requirement``, at the line with ``at``."""

    program: str
    requirement: str
    file: str
    old: str
    new: str
    says: str
    at: str


EDITS = [
    # One bad rule takes all others of the file with it.
    Edit("promtool", "MH-4.1", CHART, 'expr: up{job="node"} == 0', 'expr: up{job="node" == 0',
         'promtool: group "Nodes", rule 2, "NodeDown": could not parse expression: 1:15: parse error', 'up{job="node" == 0'),
    Edit("promtool", "MH-4.1", CHART, "for: 2h", "fro: 2h", "promtool: field fro not found in type rulefmt.RuleNode",
         "fro: 2h"),
    Edit("promtool", "MH-4.1", CHART, "{{ $labels.source }}", "{{ .labels.source }",
         'promtool: group "Security", rule 1, "MailLoginsFailing": annotation "summary": template', "{{ .labels.source }"),
    Edit("promtool", "MH-4.1", CHART, "for: 3m", "for: three minutes",
         'promtool: not a valid duration string: "three minutes"', "for: three minutes"),
    Edit("promtool", "MH-4.3", CHART, RULE, NAMESPACE,
         "promtool: FAILED: time: 15m, exp: {} 1E+00, got: {} 0E+00", 'available{namespace="mailserver"} or on()'),
    Edit("promtool", "MH-4.2", CHART, RULE, RULE.replace(" or on() vector(0)", ""),
         "promtool: FAILED: time: 15m, exp: {} 1E+00, got: {} 0E+00", 'deployment="mailserver"}) < 1'),
    Edit("promtool", "MH-4.3", CHART, f"{RULE} < 1", f"min{NAMESPACE} < 1",
         "promtool: FAILED: time: 15m, exp: {} 0E+00, got: {} 1E+00", "min(kube_deployment_status"),
    Edit("amtool", "MH-4.4", CHART, "receiver: slack-info", "receiver: slack-infos",
         'amtool: undefined receiver "slack-infos" used in route', "receiver: slack-infos"),
    Edit("amtool", "MH-4.4", CHART, "group_interval: 1m", "group_interval: 1 minute",
         'amtool: not a valid duration string: "1 minute"', "group_interval: 1 minute"),
    Edit("amtool", "MH-4.4", CHART, f"- send_resolved: {CRITICAL}", f"- send_resolve: {CRITICAL}",
         "amtool: field send_resolve not found in type config.plain", "send_resolve: true"),
    Edit("amtool", "MH-4.4", CHART, "- receiver: slack-critical", '- receiver: "null"', "null", '- receiver: "null"'),
    Edit("postconf", "MH-3.4", VARIABLES, "smtpd_client_connection_rate_limit = 10", "smtpd_client_conection_rate_limit = 10",
         "postconf: unused parameter: smtpd_client_conection_rate_limit=10 (is it smtpd_client_connection_rate_limit?)",
         "smtpd_client_conection_rate_limit"),
    Edit("postconf", "MH-3.4", VARIABLES, "smtpd_client_message_rate_limit = 30", "smtpd_client_message_rate_limit = thirty",
         "postconf: smtpd_client_message_rate_limit = thirty, by default 0", "= thirty"),
    Edit("postconf", "MH-3.4", VARIABLES, "= 30\nanvil_rate_time_unit = 60s", "= 30\nanvil_rate_time_unit = a minute",
         "postconf: anvil_rate_time_unit = a minute, by default 60s", "= a minute"),
    Edit("postconf", "MH-3.4", VARIABLES, "header_size_limit=4096000", "header_size_limit=4 MB",
         "postconf: header_size_limit = 4 MB, by default 102400", "header_size_limit=4 MB"),
    Edit("rspamadm", "MH-1.5", MAIN, "ip_map = [", "ip_map = {",
         "rspamadm: error while parsing override.d/external_relay.conf: line: 5, column: 28", "ip_map = {"),
    Edit("rspamadm", "MH-1.5", MAIN, 'use_domain = "header";', 'use_domain = "header;',
         "rspamadm: error while parsing override.d/dkim_signing.conf", 'use_domain = "header;'),
    Edit("rspamadm", "MH-1.5", MAIN, "      rules {\n        BACKUP_MX {", "      rules {\n        {\n        BACKUP_MX {",
         "rspamadm: error while parsing override.d/external_relay.conf", "        {"),
    Edit("rspamadm", "MH-1.5", MAIN, f"{DOMAIN}{KEY}", f"{DOMAIN}{KEY.replace('mail.private', 'other.private')}",
         "which rspamadm shows in dkim_signing", '"dkim_signing.conf" = <<-EOF'),
]  # fmt: skip


@pytest.mark.parametrize("edit", [
    pytest.param(edit, marks=pytest.mark.needs(edit.program), id=f"{edit.program}: {edit.at.strip()}") for edit in EDITS
])  # fmt: skip
def test_it_closes_the_gate(edit: Edit, tmp_path: Path) -> None:
    infra = Path(shutil.copytree(ROOT / "fixtures" / "infra", tmp_path / "infra", symlinks=True))
    file = infra / edit.file
    file.write_text(replaced(file.read_text(), edit.old, edit.new))
    feature = next((ROOT / "features" / "mailserver_hardening").glob(f"{edit.requirement[3]}_*.feature"))
    run = run_gate(tmp_path / "reports", "--infra", str(infra), "--dns", "off", select=str(feature))
    assert run.code == 1, run.output
    lines = file.read_text().splitlines()
    told = [
        (finding["actual"], finding["file"], lines[finding["line"] - 1] if finding["file"] == edit.file else "")
        for finding in run.findings(edit.requirement)
        if not finding["ok"] and edit.program in finding["what"] + finding["actual"]
    ]
    assert [
        line for said, place, line in told if edit.says in said and place == edit.file and stands_in(edit.at, line)
    ], told


def test_each_program_is_seen_at_least_three_times() -> None:
    programs = [edit.program for edit in EDITS]
    assert {program: programs.count(program) >= 3 for program in programs} == dict.fromkeys(programs, True)
