"""Steps of one's own: whoever runs the suite names their folder, and never the repo that is judged."""

from __future__ import annotations

import os
import sys
from pathlib import Path

VARIABLE = "DESIGN_POLICY_STEPS"


def operators_steps() -> list[str]:
    """The names of the modules in the folder that the environment names, which can be imported from now on.

    Raises:
        ValueError: there is no such folder, or a module in it has the name of another.
    """
    folder = os.environ.get(VARIABLE)
    if not folder:
        return []
    place = Path(os.path.abspath(folder))
    if not place.is_dir():
        raise ValueError(f"{VARIABLE}: {folder!r} is not a folder")
    names = [path.stem for path in sorted(place.glob("[!_]*.py"))]
    for name in names:
        found = sys.modules.get(name)
        if name in sys.stdlib_module_names or (found and Path(found.__file__ or "").parent != place):
            raise ValueError(f"{VARIABLE}: {folder}/{name}.py has the name of another module: call it otherwise")
    if str(place) not in sys.path:
        sys.path.append(str(place))
    return names
