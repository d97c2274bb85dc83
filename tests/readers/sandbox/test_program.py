"""A program that is run on judged text gets at nothing but that text."""

from __future__ import annotations

import contextlib
import json
import os
import random
import shutil
import socket
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from readers import Malformed, NotProven
from readers.sandbox import begun, program
from readers.sandbox.program import Program, begin_again, kept_answers
from tests.readers.sandbox.modes import apart, as_nobody

#: What the programs of these tests need: each other, and their libraries.
SYSTEM = ("/bin", "/usr/bin", "/lib*", "/usr/lib*", "/dev/null", "/dev/zero")
SHELL = Program("sh", "dash", needs=SYSTEM)
PYTHON = Program(Path(sys.executable).resolve().name, "python3", seconds=20, needs=(*SYSTEM, sys.base_prefix))


def _refusal() -> str | None:
    try:
        SHELL.run(["-c", "true"], {})
    except NotProven as error:
        return error.reason
    return None


pytestmark = pytest.mark.skipif(_refusal() is not None, reason=f"sh {_refusal()}")


@pytest.fixture(autouse=True)
def _python_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", os.path.join(sys.base_prefix, "bin"), prepend=os.pathsep)


def test_it_finds_its_files_and_nothing_else() -> None:
    said = SHELL.run(["-c", "ls -R; cat a.yml"], {"a.yml": "text\n", "below/b.conf": "x"})
    assert said.out == ".:\na.yml\nbelow\n\n./below:\nb.conf\ntext\n"
    assert (said.status, said.err) == (0, "")


def test_nobody_else_can_read_its_files() -> None:
    said = SHELL.run(["-c", "stat -c %a . below secret below/secret"], {"secret": "x", "below/secret": "x"})
    assert said.out.split() == ["700", "700", "600", "600"]


def test_its_environment_is_bare(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VAULT_TOKEN", "secret")
    said = Program("env", "coreutils", needs=SYSTEM).run([], {})
    assert {line.partition("=")[0] for line in said.out.splitlines()} == {"PATH", "LC_ALL", "HOME", "TMPDIR"}


def test_it_finds_in_its_environment_what_it_is_told_there() -> None:
    told = Program("sh", "dash", needs=SYSTEM, environment=(("TOLD", "a b"), ("HOME", "/dev")))
    assert told.run(["-c", 'echo "$TOLD $HOME"'], {}).out == "a b /dev\n"


@pytest.mark.parametrize("before", [(), *([(as_nobody,)] if os.geteuid() == 0 else [])])
def test_what_is_hidden_is_empty(before: tuple[Callable[[], None], ...]) -> None:
    folder = Path(tempfile.mkdtemp(prefix="needed-", dir="/tmp"))
    try:
        for name in ("shown", "hidden"):
            (folder / name).mkdir()
            (folder / name / "file").touch()
        for path in (folder, *folder.rglob("*")):
            path.chmod(0o755)
        hidden = (f"{folder}/hidden", f"{folder}/absent")
        shell = Program("sh", "dash", needs=(*SYSTEM, str(folder)), hidden=hidden)
        script = f"cd {folder}; ls -A; echo; ls -A shown hidden; ls -A /text"
        said = apart(lambda: shell.run(["-c", script], {"text": "x"}).out, *before)
    finally:
        shutil.rmtree(folder)
    assert said == "hidden\nshown\n\nhidden:\n\nshown:\nfile\ntext\n"


def test_it_has_no_input() -> None:
    assert SHELL.run(["-c", "cat"], {}).out == ""


def test_its_folder_is_removed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    SHELL.run(["-c", ": its root is made before"], {})
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    SHELL.run(["-c", "mkdir -p left/over; chmod 500 left"], {"a": "x"})
    with pytest.raises(Malformed):
        Program("sh", "dash", seconds=0.5, needs=SYSTEM).run(["-c", "sleep 60"], {"a": "x"})
    assert list(tmp_path.iterdir()) == []


def test_arguments_reach_no_shell() -> None:
    hostile = ["$(touch hostile)", "; touch hostile", "`id`", "--", "-x", "a b", "*", "\n"]
    said = PYTHON.run(["-c", "import json, os, sys; print(json.dumps([sys.argv[1:], os.listdir()]))", *hostile], {})
    assert json.loads(said.out) == [hostile, []]


def test_it_reaches_no_network() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0)
        port = server.getsockname()[1]
        said = PYTHON.run(["-c", f"import socket; socket.create_connection(('127.0.0.1', {port}), 1)"], {})
        with pytest.raises(BlockingIOError):
            server.accept()
    assert said.status == 1
    assert "Network is unreachable" in said.err


def test_it_resolves_no_names() -> None:
    said = PYTHON.run(["-c", "import socket; print(socket.getaddrinfo('example.com', 80))"], {})
    assert said.status == 1
    assert "gaierror" in said.err


def test_what_does_not_end_is_not_waited_for_again(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []
    monkeypatch.setattr(Program, "_run", lambda *question: asked.append(question) or endless())

    def endless() -> None:
        raise Malformed("sh", "it did not end")

    for _ in range(3):
        with pytest.raises(Malformed, match="did not end"):
            Program("sh", "dash", seconds=0.123).run(["-c", "sleep 60"], {"a": "asked again and again"})
    assert len(asked) == 1


def test_it_ends_in_time() -> None:
    # What it started does not end for days: nobody waits for that.
    with pytest.raises(Malformed, match=r"^sh: it did not end within 0\.3 s$"):
        Program("sh", "dash", seconds=0.3, needs=SYSTEM).run(["-c", "sleep 999999 & sleep 999999"], {})


def test_it_ends_in_time_where_the_kernel_does_not_tell_when(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(program.os, "pidfd_open")
    assert Program("sh", "dash", needs=SYSTEM).run(["-c", "sleep 0.01; echo it ended"], {}).out == "it ended\n"
    test_it_ends_in_time()


def test_programs_of_one_run_share_their_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(program, "_MOST_SECONDS", 0.8)
    with kept_answers(anew=True):
        for number in range(20):
            with pytest.raises(Malformed) as found:
                SHELL.run(["-c", f"sleep 60 # {number}"], {})
    assert "is not started: programs have taken" in str(found.value)


def test_the_next_commit_and_who_is_in_no_run_have_their_own() -> None:
    question = (["-c", "echo when there is time"], {})
    with kept_answers(anew=True):
        program._RUNS[-1].append(1000.0)
        with pytest.raises(Malformed, match="programs have taken 1000 s in this run"):
            SHELL.run(*question)
        begin_again()
        assert SHELL.run(*question).status == 0
        program._RUNS[-1].append(1000.0)
    assert SHELL.run(["-c", "echo in no run"], {}).status == 0


def test_what_it_started_ends_with_it() -> None:
    nap = f"60.{random.randrange(10**9)}"
    with pytest.raises(Malformed):
        Program("sh", "dash", seconds=0.5, needs=SYSTEM).run(["-c", f"sleep {nap} & sleep {nap}"], {})
    until = time.monotonic() + 10
    while time.monotonic() < until and any(nap in command for command in _commands()):
        time.sleep(0.05)
    assert not [command for command in _commands() if nap in command]


def _commands() -> Iterator[str]:
    """The command lines of all processes that there are."""
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        with contextlib.suppress(OSError):
            yield path.read_text(errors="replace")


@pytest.mark.parametrize("stream", [1, 2])
def test_it_says_no_more_than_is_read(stream: int) -> None:
    with pytest.raises(Malformed, match="^sh: (it says more than is read|it ended by signal 25)$"):
        SHELL.run(["-c", f"exec cat /dev/zero >&{stream}"], {})


def test_its_memory_is_limited() -> None:
    said = PYTHON.run(["-c", "b = bytearray(5 * 2**30)"], {})
    assert said.status == 1
    assert "MemoryError" in said.err


def test_a_signal_is_no_answer() -> None:
    with pytest.raises(Malformed, match="^sh: it ended by signal 9$"):
        SHELL.run(["-c", "kill -9 $$"], {})


def test_what_is_no_text_is_not_handed_over() -> None:
    with pytest.raises(Malformed, match="^sh: a NUL character cannot be handed over$"):
        SHELL.run(["-c", "a\0b"], {})
    with pytest.raises(Malformed, match="^sh: a.yml is no text: surrogates not allowed$"):
        SHELL.run(["-c", "true"], {"a.yml": "\ud800"})


@pytest.mark.parametrize("name", ["../a", "/etc/a", "a/../../b", ".hidden", "-c", "a b", "", "a/", "a\n"])
def test_files_stay_in_the_folder(name: str) -> None:
    with pytest.raises(Malformed, match="^sh: a file cannot be named"):
        SHELL.run(["-c", "true"], {name: ""})


def test_the_same_question_is_asked_once() -> None:
    answers = [SHELL.run(["-c", "date +%N; cat a"], {"a": text}).out for text in ("x", "x", "y")]
    assert answers[0] == answers[1] != answers[2]


@pytest.mark.parametrize("path", [".", "", "bin", "./bin:/nowhere"])
def test_it_is_not_taken_from_the_folder_that_is_judged(
    path: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for place in (tmp_path, tmp_path / "bin"):
        place.mkdir(exist_ok=True)
        (place / "promtool-7").write_text("#!/bin/sh\n")
        (place / "promtool-7").chmod(0o755)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PATH", path)
    with pytest.raises(NotProven, match="^promtool-7 is not installed"):
        Program("promtool-7", "prometheus-7").run([], {})


def test_what_is_begun_goes_on_beside(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(begun, "_BEGUN", {})  # another test's gate may have begun what it never asked for
    questions = [["-c", f"sleep 1; echo {number}"] for number in range(2)]
    for question in questions:
        SHELL.start(question, {})
    assert [one.done() for one in begun._BEGUN.values()] == [False, False]
    assert [SHELL.run(question, {}).out for question in questions] == ["0\n", "1\n"]
    assert not begun._BEGUN


def test_what_nobody_waits_for_gives_way(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(begun, "_BEGUN", {})
    usual = os.getpriority(os.PRIO_PROCESS, 0)
    SHELL.start(["-c", "nice", "ahead"], {})
    (ahead,) = begun._BEGUN.values()
    assert int(ahead.result(20).out) == min(usual + 5, 19)
    assert int(SHELL.run(["-c", "nice", "waited for"], {}).out) == usual


def test_what_is_begun_is_asked_once() -> None:
    question = ["-c", "date +%N", "begun"]
    SHELL.start(question, {})
    SHELL.start(question, {})
    first = SHELL.run(question, {}).out
    SHELL.start(question, {})
    assert SHELL.run(question, {}).out == first


def test_an_error_of_what_is_begun_is_raised_where_it_is_asked_for() -> None:
    missing = Program("promtool-8", "prometheus-8")
    missing.start([], {})
    for _ in range(2):
        with pytest.raises(NotProven, match="^promtool-8 is not installed"):
            missing.run([], {})


def test_a_program_that_is_missing_names_its_package() -> None:
    with pytest.raises(NotProven, match=r"^promtool-9 is not installed \(Debian package prometheus-9\)$"):
        Program("promtool-9", "prometheus-9").run([], {})


def test_it_is_found_where_daemons_are(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert (
        Program("sh", "dash", needs=SYSTEM).run(["-c", "echo found by system path"], {}).out == "found by system path\n"
    )


@pytest.mark.parametrize("before", [(), *([(as_nobody,)] if os.geteuid() == 0 else [])])
def test_only_its_folder_can_be_written(before: tuple[Callable[[], None], ...]) -> None:
    places = ["/", "/usr/bin/", "/dev/", "/text/", "/proc/", "/tmp/", "/etc/"]
    tries = "; ".join(f"(: > {place}x) 2>&- && echo {place}" for place in places)
    assert apart(lambda: SHELL.run(["-c", f"{tries}; :"], {}).out, *before) == "/text/\n"


def test_a_folder_of_any_name_will_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "a b\t\r\v\f#\\'\"\n,=é\u2003\xa0\udcff"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    assert Program("sh", "dash", seconds=29, needs=SYSTEM).run(["-c", "cat a"], {"a": "x"}).out == "x"
