"""What a container is started with: its image, its command, and what is mounted over its programs.

Kubernetes gives a container its environment; what runs first in it may change that, and all else, before the program
that the image is known for sees it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from msgspec import Struct

from readers import Malformed
from readers.account import Remark, Way, Weight, as_text
from readers.kubernetes.environment import Environment
from readers.kubernetes.images import parse_image
from readers.kubernetes.mounts import Mounted, mounts_over
from readers.kubernetes.pods import ContainerSpec
from readers.shell import run_script
from readers.shell.files import World
from readers.shell.state import State
from tfparse.cty.text import flat
from tfparse.cty.values import HOLE, Value, string
from tfparse.diagnostics import Origin
from tfparse.patterns import pattern

_POD = "https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/pod-v1/"
_SHELLS = frozenset({"sh", "bash", "dash", "ash"})
_SETS_ANY = pattern(r"(?:^|[\s;&|(])(?:\.|source|eval|read|mapfile|readarray|getopts)\s")
"""What of a shell's commands may set variables that its text does not name."""
_VARIABLES = pattern(
    r"(BASH_ENV|BASH_FUNC_.*|CDPATH|MAIL_CONFIG|LD_PRELOAD|LD_LIBRARY_PATH|LD_AUDIT|PATH|SHELLOPTS|BASHOPTS|IFS)"
)
"""What bash, the dynamic linker and Postfix heed before a program begins: bash(1), ld.so(8), postconf(1)."""


_RIGHTS = {"run_as_user": ("0",), "run_as_non_root": ("false",), "read_only_root_filesystem": ("false",)}
"""Fields of a security context that decide what a start-up may write, each with what is harmless."""


class Image(Struct, frozen=True):
    """An image whose start-up is known: who publishes it, in which version, and the words that start it.

    ``folders`` hold its programs; ``reads_files`` says that ``NAME__FILE`` gives a variable a file's content,
    ``as_root`` that its start-up writes where only root may.
    """

    repositories: frozenset[tuple[str, str]]
    version: str
    words: frozenset[str]
    folders: tuple[str, ...]
    source: str
    reads_files: bool = False
    as_root: bool = False

    def is_known(self, reference: tuple[str, str, str | None] | None) -> bool:
        """Whether it is a version of it whose start-up is known."""
        return reference is not None and reference[2] is not None and bool(re.fullmatch(self.version, reference[2]))


_SYSTEM = ("/bin", "/sbin", "/lib", "/lib64", "/usr/bin", "/usr/sbin", "/usr/lib", "/usr/local/bin", "/usr/local/sbin",
           "/usr/local/lib", "/etc/ld.so.preload", "/etc/ld.so.conf.d", "/etc/profile.d")  # fmt: skip
IMAGES = (
    Image(
        frozenset({("docker.io", "mailserver/docker-mailserver"), ("ghcr.io", "docker-mailserver/docker-mailserver")}),
        r"15(\..*)?|latest",
        frozenset({
            "dumb-init", "/usr/bin/dumb-init", "--", "supervisord", "/usr/bin/supervisord", "-c",
            "/etc/supervisor/supervisord.conf",
        }),
        (*_SYSTEM, "/etc/supervisor", "/etc/dms", "/etc/cron.d", "/etc/init.d"),
        "Dockerfile of docker-mailserver 15 (ENTRYPOINT, CMD)",
        reads_files=True,
        as_root=True,
    ),
    Image(
        frozenset({("docker.io", "roundcube/roundcubemail")}),
        r"1\.[67](\..*|-.*)?|latest.*",
        frozenset({"/docker-entrypoint.sh", "docker-entrypoint.sh", "apache2-foreground", "php-fpm"}),
        (*_SYSTEM, "/docker-entrypoint.sh", "/entrypoint-tasks"),
        "Dockerfile and docker-entrypoint.sh of roundcubemail-docker",
    ),
)  # fmt: skip


class Start(Struct, frozen=True):
    """The question how a container starts; of one ``variable`` of its environment, or of the files that it finds."""

    container: ContainerSpec
    variable: str | None = None

    @property
    def image(self) -> Image | None:
        """What is known of its image, also where another registry has it."""
        reference = self.reference
        name = "" if reference is None else reference[1].rpartition("/")[2]
        return next((i for i in IMAGES if any(own.endswith("/" + name) for _, own in i.repositories)), None)

    @property
    def reference(self) -> tuple[str, str, str | None] | None:
        """The registry, the repository and the tag of its image; None where it cannot be known."""
        value = self.container.body.attribute("image")
        text = None if value is None else as_text(value, "image").raw
        if not isinstance(text, str):
            return None
        try:
            found = parse_image(text)
        except Malformed:
            return None
        return found.registry, found.repository, found.tag


def words_of(value: Value | None, name: str) -> list[str]:
    """A list of words, with HOLE for what is not known of them."""
    if value is None:
        return []
    if value.is_unknown or not isinstance(value.raw, (list, tuple)):
        return [HOLE]
    return [flat(as_text(element, name)) for element in value.raw]


def _command(start: Start) -> Iterator[Remark]:
    body = start.container.body
    given, arguments = body.attribute("command"), body.attribute("args")
    words = [*words_of(given, "command"), *words_of(arguments, "args")]
    origin = next((v.origin for v in (given, arguments) if v is not None and v.origin), start.container.origin)
    own = start.image.words if start.image is not None else frozenset()
    if not words or set(words) <= own:
        return
    program = words[0].rpartition("/")[2]
    if program in _SHELLS and len(words) > 2 and words[1].strip("-euxo") == "c":
        yield from _by_shell(start, words[2], program, own, origin)
    elif program in _SHELLS | {"env"} or HOLE in words[0] or own:
        yield Remark(f"its command is {_shown(words)}, and what that does first is not known", origin)


def _by_shell(start: Start, text: str, shell: str, own: frozenset[str], origin: Origin | None) -> Iterator[Remark]:
    """What a shell does before it becomes the program that the image starts."""
    before, ends = _before_its_own(text, own)
    if own and not ends:
        yield Remark(f"its command is {_shown([text])}, which may not start what the image starts", origin)
        return
    state = run_script(string(before or ":", origin), State(), World(lambda _: None, {}),
                       dialect="bash" if shell == "bash" else "sh")  # fmt: skip
    if start.variable is not None and not own and not _SETS_ANY.search(text):
        # A program that the shell starts cannot change the shell's own variables, whatever it does to files.
        if start.variable in state.variables.keys() - {"PATH", "HOME"}:
            yield Remark(f"its command, {_shown([text])}, changes it first", origin)
        return
    anything = any(reach.covers("/etc/postfix/main.cf") for reach, _ in state.files.spread)
    touched = anything or (start.variable is None and bool(state.files.known))
    if touched or start.variable in set(state.variables) - {"PATH", "HOME"}:
        yield Remark(f"its command, {_shown([text])}, may change it first", origin)


def _before_its_own(text: str, own: frozenset[str]) -> tuple[str, bool]:
    """The text ahead of the words that start the image, and whether it ends with these."""
    stripped, ends = text.rstrip(), False
    while (word := re.search(r"\S+$", stripped)) is not None and word[0].strip("\"'") in own | {"exec"}:
        ends = ends or word[0].strip("\"'") in own
        stripped = stripped[: word.start()].rstrip()
    return re.sub(r"[;&\s]+$", "", stripped), ends


def _shown(words: list[str]) -> str:
    text = " ".join(" ".join(words).replace(HOLE, "(unknown)").split())
    return f'"{text[:80]}..."' if len(text) > 80 else f'"{text}"'


def _variables(start: Start) -> Iterator[Remark]:
    for name, origin in Environment(start.container).names().items() if start.image else ():
        if _VARIABLES.fullmatch(name):
            yield Remark(f"{name} decides what its programs do first", origin)


def _programs(start: Start) -> Iterator[Remark]:
    image = start.image
    for mount in mounts_over(start.container, image.folders) if image is not None else ():
        yield Remark(f"{mount.shown} is mounted over its programs", mount.origin)


def _user(start: Start) -> Iterator[Remark]:
    """Of a container's security context that of the pod counts where it says nothing."""
    if start.image is None or not start.image.as_root or start.variable is not None:
        return
    own = [block for body in (start.container.body, start.container.workload.pod)
           for block in body.blocks("security_context")]  # fmt: skip
    for name, harmless in _RIGHTS.items():
        found = next(((block, value) for block in own if (value := block.body.attribute(name)) is not None), None)
        if found is not None and as_text(found[1], name).raw not in harmless:
            origin = found[1].origin or found[0].origin
            yield Remark(f"its start-up writes as root to its own files, and {name} is set", origin)


def _image(start: Start) -> Iterator[Remark]:
    image, reference = start.image, start.reference
    if image is None or reference is None:
        return
    registry, repository, tag = reference
    value = start.container.body.attribute("image")
    origin = value.origin if value is not None and value.origin else start.container.origin
    if (registry, repository) not in image.repositories:
        text = f"the image is from {registry}/{repository}, not from its makers; what is said here is of theirs"
        yield Remark(text, origin, Weight.NOTE)
    if tag is not None and not re.fullmatch(image.version, tag):
        yield Remark(f"the start-up of version {tag} is not known here", origin, Weight.NOTE)


WAYS: tuple[Way[Start], ...] = (
    Way("container", "its command and arguments", _POD + "#entrypoint", _command),
    Way("container", "variables that its programs heed first", "bash(1), ld.so(8)", _variables),
    Way("container", "mounts over its programs", _POD + "#VolumeMount", _programs),
    Way("container", "whom it runs as, and whether it may write", _POD + "#security-context", _user),
    Way("container", "its image", IMAGES[0].source + "; " + IMAGES[1].source, _image),
    Way("container", "what its image sets in its environment", _POD + "#image", None, "it is not in the repo"),
    Way("container", "kubectl exec, ephemeral containers, a shared process namespace", _POD + "#debugging", None,
        "a person, or a container that goes after another's processes, could change anything"),
)  # fmt: skip
"""Ways in which something decides what a container does before the program that its image is known for."""

__all__ = ["IMAGES", "WAYS", "Mounted", "Start", "words_of"]
