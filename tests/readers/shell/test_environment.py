"""What a script makes of the variables that it is started with, as a real bash does."""

from __future__ import annotations

import pytest

from readers.docker_mailserver.start_script import configuration
from readers.postfix.main_cf import read_main_cf
from readers.shell.text import WORD
from tests.readers.shell.random_scripts import missing, run
from tfparse.cty.values import HOLE, string
from tfparse.diagnostics import Origin

LIMIT = "smtpd_client_message_rate_limit"
GIVEN = {
    "MESSAGES": "50",
    "DEBUG": "0",
    "LEVEL": "info",
    "SET": "biff = no",
    "EMPTY": "",
    "RUN": f"postconf -e {LIMIT}=70",
}
SURE = {
    f'postconf -e "{LIMIT} = $MESSAGES"': "50",
    f"postconf -e {LIMIT}=$MESSAGES": "50",
    f'postconf -e "{LIMIT} = ${{MESSAGES:-7}}"': "50",
    f'postconf -e "{LIMIT} = ${{OTHER:-7}}"': "7",
    f'postconf -e "{LIMIT} = ${{OTHER-7}}"': "7",
    f'postconf -e "{LIMIT} = ${{EMPTY-7}}"': "",
    f'postconf -e "{LIMIT} = ${{EMPTY:-7}}"': "7",
    f'postconf -e "{LIMIT} = ${{MESSAGES:+7}}"': "7",
    f'postconf -e "{LIMIT} = 7${{OTHER:+7}}"': "7",
    f'postconf -e "{LIMIT} = ${{#MESSAGES}}${{#OTHER}}"': "20",
    f': "${{OTHER:=8}}"\npostconf -e {LIMIT}=$OTHER': "8",
    f'postconf -e "{LIMIT} = $OTHER"': "",
    f"[[ $DEBUG -eq 1 ]] && postconf -e {LIMIT}=0": "30",
    f"[[ ${{OTHER:-0}} -eq 1 ]] && postconf -e {LIMIT}=0": "30",
    f"[[ $OTHER -eq 0 ]] && postconf -e {LIMIT}=0": "0",
    f'[ -z "$OTHER" ] && postconf -e {LIMIT}=9': "9",
    f"if [[ -n $OTHER ]]; then postconf -e {LIMIT}=9; fi": "30",
    f"if [[ $LEVEL == inf* ]]; then postconf -e {LIMIT}=9; fi": "9",
    f"case $LEVEL in debug | trace) postconf -e {LIMIT}=9 ;; esac": "30",
    f"postconf -e {LIMIT}=$((MESSAGES + OTHER))": "50",
    'postconf -e "$SET"': "30",
    'eval "$RUN"': "70",
    "$RUN": "70",
    f"bash -c 'postconf -e {LIMIT}=$MESSAGES'": "50",
    f"MESSAGES=6\nbash -c 'postconf -e {LIMIT}=$MESSAGES'": "6",
    f"OWN=6\nbash -c 'postconf -e {LIMIT}=${{OWN:-5}}'": "5",
    f"export OWN=6\nbash -c 'postconf -e {LIMIT}=$OWN'": "6",
    f"MESSAGES=6 true\npostconf -e {LIMIT}=$MESSAGES": "50",
    f"f() {{ local MESSAGES=6; }}\nf\npostconf -e {LIMIT}=$MESSAGES": "50",
    f"MESSAGES+=1\npostconf -e {LIMIT}=$MESSAGES": "501",
    f'set -u\necho "$OTHER"\npostconf -e {LIMIT}=0': "30",
    f'set -u\necho "$1"\npostconf -e {LIMIT}=0': "30",
    f"set -u\n: $((OTHER + 1))\npostconf -e {LIMIT}=0": "30",
    f'set -u\necho "${{OTHER:-}}"\npostconf -e {LIMIT}=0': "0",
    f'set -u\n( echo "$OTHER" )\npostconf -e {LIMIT}=0': "0",
    f': "${{OTHER:?is missing}}"\npostconf -e {LIMIT}=0': "30",
    f': "${{MESSAGES:?is missing}}"\npostconf -e {LIMIT}=0': "0",
}
DOUBTED = (
    f"postconf -e {LIMIT}=$SECRET",
    f'postconf -e "{LIMIT} = $SECRET"',
    f"[ \"$SECRET\" = x ] && postconf -e {LIMIT}=0",
    f". /etc/os-release\npostconf -e {LIMIT}=$LEVEL",
    f"env -i bash -c 'postconf -e {LIMIT}=${{MESSAGES:-5}}'",
    f"unset MESSAGES\npostconf -e {LIMIT}=$MESSAGES",
    f"sudo bash -c 'postconf -e {LIMIT}=$MESSAGES'",
    f"postconf -e {LIMIT}=$WORD",
)  # fmt: skip


def environment(name: str) -> str | None:
    return {**GIVEN, "SECRET": HOLE, "WORD": WORD}.get(name)


def limit(script: str) -> str | None:
    """The limit after a script; None in doubt."""
    main_cf = read_main_cf(string(f"{LIMIT} = 30\n"))
    said = configuration(main_cf, None, string(script, Origin("s", 1)), lambda path: None, environment).main.of(LIMIT)
    assert said is not None
    return said.text if said.sure and HOLE not in (said.text or "") else None


@pytest.mark.parametrize("script", SURE)
def test_known(script: str) -> None:
    assert limit(script) == SURE[script]


@pytest.mark.parametrize("script", DOUBTED)
def test_in_doubt(script: str) -> None:
    assert limit(script) is None


def test_one_word_is_one_argument() -> None:
    assert limit("postconf -e smtp_bind_address=$WORD") == "30"
    assert limit("postconf -e smtp_helo_name=$SECRET") is None


@pytest.mark.skipif(missing() is not None, reason=f"not compared with bash: {missing()}")
@pytest.mark.parametrize("script", SURE)
def test_bash_says_so(script: str) -> None:
    given = "".join(f"export {name}={value!r}\n" for name, value in GIVEN.items())
    assert run(f"{given}{script}\n")["main"].get(LIMIT, "") == SURE[script]
