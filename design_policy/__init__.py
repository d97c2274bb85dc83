"""The command ``design-policy``: an infra repo judged by the promises that stand in it."""

from __future__ import annotations

import sys
from pathlib import Path

_HERE = Path(__file__).resolve().parent
#: The folder of the suite: in a package all of it lies in this one, in a checkout this one lies beside the rest.
SUITE = _HERE if (_HERE / "gate").is_dir() else _HERE.parent


def main() -> int:
    """Run the command; its exit status."""
    # Where one stands is the repo that is judged: no module is taken from there.
    sys.path[:] = [str(SUITE), *(entry for entry in sys.path if entry and Path(entry) not in (SUITE, Path.cwd()))]
    if SUITE == _HERE:
        sys.modules.setdefault("design_policy", sys.modules[__name__])
    from design_policy.command import run

    return run(sys.argv[1:])
