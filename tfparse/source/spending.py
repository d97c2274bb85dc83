"""What somebody has used up of the pools of a run, so that another process can count it for its own."""

from __future__ import annotations

from itertools import islice
from typing import NamedTuple

from tfparse.source.pools import Pool
from tfparse.source.sources import SourceTree


class Spent(NamedTuple):
    """What was used up: files by their size, sources by their weight, the rest by its amount."""

    sizes: dict[str, int]
    weights: dict[int, int]
    iterations: int
    text: int
    instances: int


class Spending:
    """What is used up of a tree's pools, from each time that it is looked at to the next."""

    def __init__(self, tree: SourceTree) -> None:
        self._tree, self._pools = tree, _counted(tree)
        self._before = self._now()

    def _now(self) -> tuple[int, ...]:
        iterations, text, instances = self._pools
        return len(self._tree.sizes), len(self._tree.weights), iterations.used, text.used, instances.used

    def since(self) -> Spent | None:
        """What was used up since it was last looked at; None where nothing was."""
        before, self._before = self._before, self._now()
        if before == self._before:
            return None
        now = self._before
        sizes = dict(islice(self._tree.sizes.items(), before[0], None)) if now[0] != before[0] else {}
        weights = dict(islice(self._tree.weights.items(), before[1], None)) if now[1] != before[1] else {}
        amounts = (now - then for now, then in zip(self._before[2:], before[2:], strict=True))
        return Spent(sizes, weights, *amounts)

    def is_in_vain(self) -> None:
        """What was used up since it was last looked at does not count: another process does the work again.  Files that
        were read and parsed stay at hand for what follows here, and count with that.
        """
        self._before = (*self._before[:2], *self._now()[2:])


def take(tree: SourceTree, spent: Spent) -> bool:
    """Count for a tree what was used up elsewhere; whether there was so much of all."""
    sizes = {path: size for path, size in spent.sizes.items() if path not in tree.sizes}
    weights = {key: weight for key, weight in spent.weights.items() if key not in tree.weights}
    pools = (tree.pools.read, tree.pools.source, *_counted(tree))
    amounts = (sum(sizes.values()), sum(weights.values()), *spent[2:])
    if not all(pool.has(amount) for pool, amount in zip(pools, amounts, strict=True)):
        return False
    for pool, amount in zip(pools, amounts, strict=True):
        pool.use(amount)
    tree.sizes.update(sizes)
    tree.weights.update(weights)
    return True


def give_back(tree: SourceTree, spent: Spent) -> None:
    """Count no more what will be used up once more; what was read and parsed counts once in any case."""
    for pool, amount in zip(_counted(tree), spent[2:], strict=True):
        pool.use(-amount)


def _counted(tree: SourceTree) -> tuple[Pool, Pool, Pool]:
    return tree.pools.iterations, tree.pools.text, tree.pools.instances
