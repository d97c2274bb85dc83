"""A root module that becomes the one after a change: where that is to modules of which nothing else is made, the rest
of what was worked out stays.

So it is in a repo of one big root, which a history of many commits would otherwise work out anew for each.
"""

from __future__ import annotations

from collections.abc import Iterator

from tfparse.graph.instance import ModuleInstance
from tfparse.graph.root import Root
from tfparse.source.reads import Changes


def renewed(root: Root, changes: Changes) -> bool:
    """Whether a root has become the one after some changes; if not, it has to be made anew.

    It becomes that if they are to the source of modules which it calls, and to nothing else that it has looked at; no
    expression refers to one of their calls; and none of them leaves anything in doubt.
    """
    if any(tree.reads.touched(changes) for tree in (root.tree, root.given_in)) or changes.redirects:
        return False
    try:
        return _renewed(root, {folder for folder, reads in root.module_reads.items() if reads.touched(changes)})
    except Exception:  # noqa: BLE001  (what is raised will be seen by whoever asks the one that is made anew)
        return False


def _renewed(root: Root, folders: set[str]) -> bool:
    calls = list(_outermost(root.instance, folders))
    referred_to = any(name in caller.referred_to for caller, name in calls)
    if root.instance.module.directory in folders or referred_to or not root.is_plain or not root.budget.is_ample:
        return False
    gone = [
        instance for caller, name in calls for child in caller.made.pop(name).values() for instance in child.known()
    ]
    for instance in gone:
        vars(instance).clear()
    root.begin_state(folders)
    _ = root.instances  # which reads all of its modules
    return root.is_plain


def _outermost(caller: ModuleInstance, folders: set[str]) -> Iterator[tuple[ModuleInstance, str]]:
    """The calls of the modules in some folders, but for those within one of them: who calls, and its name."""
    for name, children in caller.made.items():
        for child in children.values():
            if child.module.directory in folders:
                yield caller, name
                break
            yield from _outermost(child, folders)
