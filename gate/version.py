"""The suite's own version and home, as reports name them."""

from __future__ import annotations

from importlib import metadata
from pathlib import Path

from gate.checkout import remote_name
from gate.git import GitError, Repository

NAME = "infra-design-policy"
_SUITE = Path(__file__).parents[1]


def version() -> str:
    """The version that stands in the checkout, or that was installed."""
    project = _SUITE / "pyproject.toml"
    if project.is_file():
        import tomllib  # which a run without a report does not wait for

        return str(tomllib.loads(project.read_text(encoding="utf-8"))["project"]["version"])
    return metadata.version(NAME)


def home() -> str | None:
    """Where the suite can be read: the host that its checkout was cloned from; None where that is not known."""
    if not (_SUITE / ".git").exists():
        return None
    try:
        url = Repository(_SUITE).remote()
    except GitError:
        return None
    name = remote_name(url) if url else ""
    return f"https://{name}" if "." in name.partition("/")[0] and "/" in name else None
