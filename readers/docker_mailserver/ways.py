"""Ways in which something besides postfix-main.cf decides how docker-mailserver sets its programs up.

What is found on them is read where it is asked for: :mod:`own_main_cf`, :mod:`postfix_setup`, :mod:`rspamd_setup`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from readers import Missing
from readers.account import Remark, Way, Weight
from readers.docker_mailserver.rspamd_setup import COMMANDS, OVERRIDES
from readers.docker_mailserver.variables import DEFAULTS
from readers.kubernetes import Container
from readers.kubernetes.hooks import hooks
from readers.kubernetes.mounts import group_of_files, mounts_over
from tfparse.cty.text import flat
from tfparse.cty.values import HOLE
from tfparse.diagnostics import UnknownValueError
from tfparse.patterns import pattern

_START = "target/scripts/startup of docker-mailserver 15: "
FILES = ("/etc/postfix/main.cf", "/etc/postfix/master.cf")


_REFERENCE = pattern(r"(?:[^@]*/)?(?P<name>[^/:@]*)(?:[:@].*)?", re.DOTALL)


def _image(container: Container) -> Iterator[Remark]:
    """Another registry or version is told where the container's start is; another program is a doubt about all, and so
    is one that is not known.  A tag that is not known hides no program."""
    try:
        found = container.image
    except Missing:
        yield Remark("it has no image, so how it starts is not known", container.origin)
        return
    yield from found.account.remarks
    match = _REFERENCE.fullmatch(flat(found.value))
    name = HOLE if match is None else match["name"]
    if name != "docker-mailserver":
        which = f"{found.shown}, not docker-mailserver"
        if HOLE in name and found.value.unknown is not None:
            which = f"not known ({found.value.unknown.reason})"
        yield Remark(f"its image is {which}, so how it starts is not known", found.origin)


def _variables(container: Container) -> Iterator[Remark]:
    for name in sorted(DEFAULTS):
        try:
            yield Remark(f"{name} is set", container.environment(name).origin, Weight.READ)
        except Missing:
            continue
        except UnknownValueError as error:  # a doubt only about what it decides: that is found where it is asked for
            yield Remark(f"{name} may be set", error.origin or container.origin, Weight.READ)


def _hooks(container: Container) -> Iterator[Remark]:
    for hook in hooks(container):
        yield Remark(f"{hook.name} runs a command", hook.origin, Weight.READ)


def _mounts(container: Container) -> Iterator[Remark]:
    for mount in mounts_over(container, FILES):
        yield Remark(f"{mount.shown} is mounted over what the start-up writes", mount.origin, Weight.READ)


def _rspamd(container: Container) -> Iterator[Remark]:
    for mount in mounts_over(container, (COMMANDS, OVERRIDES)):
        yield Remark(f"{mount.shown} is mounted", mount.origin, Weight.READ)


def _modes(container: Container) -> Iterator[Remark]:
    group = group_of_files(container)
    if group is not None:
        yield Remark(f"the group {group.shown} may read what is mounted", group.origin, Weight.READ)


PROGRAM: tuple[Way[Container], ...] = (
    Way("docker-mailserver", "the image, where it is another program's",
        "https://docker-mailserver.github.io/docker-mailserver/latest/usage/ (the images)", _image),
)  # fmt: skip
"""What decides whether it is docker-mailserver at all."""
POSTFIX: tuple[Way[Container], ...] = (
    *PROGRAM,
    Way("docker-mailserver", "variables that its start-up reads",
        _START + "variables-stack.sh (__environment_variables_general_setup), helpers/relay.sh", _variables),
    Way("docker-mailserver", "the environment in which user-patches.sh runs", "bash(1), ENVIRONMENT; Dockerfile (ENV); "
        "helpers/dns.sh (_obtain_hostname_and_domainname)", _variables),
    Way("docker-mailserver", "commands that Kubernetes runs in it (post_start, probes)",
        "https://kubernetes.io/docs/concepts/containers/container-lifecycle-hooks/", _hooks),
    Way("docker-mailserver", "mounts over main.cf and master.cf",
        _START + "setup.d/postfix.sh (__postfix__setup_override_configuration)", _mounts),
)  # fmt: skip
"""What decides its Postfix."""
WAYS: tuple[Way[Container], ...] = (
    *POSTFIX,
    Way("docker-mailserver", "Rspamd's custom-commands.conf, and overrides mounted in /etc/rspamd",
        _START + "helpers/rspamd.sh (_rspamd_handle_user_modules_adjustments)", _rspamd),
    Way("docker-mailserver", "what user-patches.sh and hooks do to Rspamd's overrides, keys and lookup tables, and "
        "which programs they stop", _START + "setup-stack.sh (_setup_run_user_patches)", _hooks),
    Way("docker-mailserver", "modes of the keys that are mounted (default_mode, mode of an item, fs_group)",
        "https://kubernetes.io/docs/tasks/configure-pod-container/security-context/", _modes),
    Way("docker-mailserver", "Dovecot's, Fail2Ban's and Amavis' own files", _START + "setup.d/dovecot.sh", None,
        "no feature asks about them"),
    Way("docker-mailserver", "what an earlier run left in /var/mail-state", _START + "setup.d/mail_state.sh", None,
        "a volume's content is not in the repo; no configuration is kept there"),
)  # fmt: skip
