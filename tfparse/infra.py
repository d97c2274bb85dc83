"""An infra repo: its root modules."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from functools import cached_property, partial, wraps
from itertools import chain
from pathlib import Path
from typing import Any, Concatenate, ParamSpec, TypeVar

from tfparse.configs.file_names import is_configuration
from tfparse.configs.layout import Layout
from tfparse.configs.terragrunt import FILES, STACK, Settings, read_settings
from tfparse.cty.identity import identical
from tfparse.cty.plain_data import NotPlainError, findable, unpacked
from tfparse.cty.values import string
from tfparse.diagnostics import TerraformError
from tfparse.graph.basis import Basis, Held
from tfparse.graph.renewal import renewed
from tfparse.graph.root import Answer, Brought, Root
from tfparse.graph.root_answers import RootAnswers
from tfparse.graph.second_asker import SecondAsker
from tfparse.graph.stored_answers import StoredAnswers, question_key
from tfparse.source.cache import ParseCache
from tfparse.source.places import Folder, Place
from tfparse.source.reads import Changes, Reads
from tfparse.source.secret_places import SecretsTold
from tfparse.source.snapshot import places_of
from tfparse.source.sources import SourceTree

P = ParamSpec("P")
R = TypeVar("R")
Question = Callable[..., Sequence[R]]


class Infra:
    """An infra repo: its roots, and what was asked of them, worked out once.

    What each root, each answer and whoever asks (:meth:`asking`) has looked at is known, so that another state of the
    repo (:meth:`move`) has only that worked out again which a change touches.
    """

    def __init__(
        self,
        path: Path,
        cache: ParseCache | None = None,
        variable_files: Mapping[str, Sequence[str]] | None = None,
        place: Place | None = None,
        beside: Mapping[str, Callable[[SourceTree], Root]] | None = None,
        answers: Sequence[Answer] = (),
        brings: Callable[[Root], Brought] | None = None,
    ) -> None:
        self.path = path
        self._brings = brings
        self._owner_says = tuple(answers)
        self._variable_files = variable_files or {}
        self._beside = beside or {}
        """What is asked like a root module and is none, by its path; how each is made."""
        self.tree = SourceTree(path, cache or ParseCache(), place or Folder(path.resolve()))
        self._layout = self.tree.view()
        """As it was looked at to tell where the roots are."""
        self._roots: dict[str, Root] = {}
        self._answers: dict[Hashable, tuple[Any, Basis]] = {}
        self._asked: dict[Hashable, tuple[RootAnswers, bytes | None]] = {}
        """The answers to each question, with a short text that tells it from others."""
        self._basis = Basis(self.tree.reads)
        self.stored: StoredAnswers | None = None
        """What the roots have answered in earlier runs."""
        self.second: SecondAsker | None = None
        """Asks some of the roots meanwhile."""
        self.secrets_ahead: Callable[[Infra], Any] | None = None
        """Knows what another process has found of its secrets, if one has."""

    def restart(self, place: Place) -> None:
        """Know nothing any more, and be the repo in another place."""
        given = self.path, ParseCache(), self._variable_files, place, self._beside, self._owner_says, self._brings
        vars(self).clear()
        self.__init__(*given)  # type: ignore[misc]  # whoever holds it goes on with it

    @property
    def reads(self) -> Reads:
        """All that was looked at of the repo so far, by whomever."""
        found = Reads()
        bases = (basis for _, basis in self._answers.values())
        trees = (tree for root in self._roots.values() for tree in root.trees)
        for reads in (self.tree.reads, self._layout.reads, *(tree.reads for tree in trees),
                      *(basis.reads for basis in bases)):  # fmt: skip
            found.add(reads)
        return found

    @property
    def files(self) -> tuple[str, ...]:
        """The paths of all files that are part of the repo; those of a folder come together."""
        self._basis.reads.below.add("")
        return self._files

    @cached_property
    def _files(self) -> tuple[str, ...]:
        return tuple(self._layout.place.every())

    @property
    def directories(self) -> dict[str, list[str]]:
        """Every directory that holds Terraform or Terragrunt source, with the names of those files."""
        return self._layout_of_roots.directories

    @cached_property
    def _layout_of_roots(self) -> Layout:
        return Layout(self._layout, self._files)

    @property
    def root_paths(self) -> tuple[str, ...]:
        """The directories in which somebody runs Terraform, sorted, and then what is asked like one.

        See :class:`~tfparse.configs.layout.Layout`.

        Raises:
            TerraformError: there are too many of them.
        """
        self._basis.root_paths = self._root_paths
        return tuple(path for path in self._root_paths if not path.startswith("*"))

    @property
    def beside(self) -> tuple[Root, ...]:
        """What is asked like a root module and is none."""
        return tuple(self.root(path) for path in self._beside)

    @cached_property
    def _root_paths(self) -> tuple[str, ...]:
        return *self._layout_of_roots.roots, *self._beside

    def root(self, path: str) -> Root:
        """The root module in ``path``, read once."""
        self._basis.roots[path] = None
        self._basis.roots[path] = self._root(path).state
        return self._root(path)

    def _root(self, path: str) -> Root:
        if path not in self._roots:
            if self.second is not None:
                self.second.leaves(path)
            tree = self.tree.view()
            if path in self._beside:
                return self._roots.setdefault(path, self._beside[path](tree))
            given_in = self.tree.view()
            root = self._roots[path] = Root(tree, path, self._settings(given_in, path), given_in)
            root.answers, root.brings = self._owner_says, self._brings
        return self._roots[path]

    def _settings(self, tree: SourceTree, path: str) -> Settings:
        settings = read_settings(tree, path)
        settings.applied.variable_files += [string(file) for file in self._variable_files.get(path, ())]
        return settings

    def has_root(self, path: str) -> bool:
        """Whether there is a root module in ``path``."""
        self._basis.are_roots[path] = self._is_root(path)
        return self._basis.are_roots[path]

    def _is_root(self, path: str) -> bool:
        return path in self._root_paths or self._layout_of_roots.linked.get(path) in self._root_paths

    @property
    def roots(self) -> tuple[Root, ...]:
        """All root modules.  Who asks all of them the same had better :meth:`ask`."""
        return tuple(self.root(path) for path in self.root_paths)

    # -- what is asked, and what that rests on ---------------------------------------------------

    def ask(
        self, question: Question[R], *about: Hashable, without: str | None = None, most: int | None = None
    ) -> list[R]:
        """What all roots say together: ``question`` is put to each, ``about`` what is asked.  The root ``without`` is
        left out, and so is what follows the first ``most`` answers.

        Whoever asks rests on the answers alone, and not on all that the roots are.
        """
        key = question, about, without, most
        self._basis.said[key] = None
        found: list[R] = self._said(*key)
        self._basis.said[key] = found
        return list(found)

    def _said(self, question: Question[R], about: Any, without: str | None, most: int | None) -> list[R]:
        asked, key = self._asked_of(question, about)
        if self.second is not None:
            self.second.put(key, (question, about), self._layout_of_roots.roots, self._roots, self._root)
        return asked.together(self._root_paths, without, most, lambda path: self._says(path, key, question, about))

    def _asked_of(self, question: Callable[..., Any], about: tuple[Hashable, ...]) -> tuple[RootAnswers, bytes | None]:
        if (question, about) not in self._asked:
            key = None if self.stored is None else question_key(question, about)
            self._asked[question, about] = RootAnswers(), key
        return self._asked[question, about]

    def _says(self, path: str, key: bytes | None, question: Question[R], about: tuple[Hashable, ...]) -> Sequence[R]:
        if self.stored is None or path in self._beside:
            return question(self._root(path), *about)
        said = self.stored.said(path, key, self.tree.secrets)
        if said is None and self.second is not None:
            said = self.second.said(path, key)
        if said is None:
            said = list(question(self._root(path), *about))
            self.stored.learn(path, key, said)
        return said

    def rests_on(self, path: str) -> tuple[set[str], list[SecretsTold]]:
        """The places that the root in ``path`` has looked at so far, and what it was told of secrets."""
        root, stored = self._roots.get(path), [] if self.stored is None else self.stored.places_of(path)
        trees = () if root is None else root.trees
        places = set(stored).union(*(places_of(tree.reads, tree.root) for tree in trees))
        return places, [tree.secrets for tree in trees]

    def held(self, basis: Basis, known: dict[Any, Any]) -> Held | None:
        """A basis as plain data; None where not all of it is such.  ``known``: what those held before rest on."""
        try:
            for question, about, without, _ in basis.said:
                if (asked := (question, about, without)) not in known:
                    known[asked] = findable((question, about)), without, self._digest(*asked)
        except NotPlainError:
            return None
        said = [known[question, about, without] for question, about, without, _ in basis.said]
        if None in (*basis.roots.values(), *basis.said.values(), *(digest for *_, digest in said)):
            return None
        trees = [tree for state in basis.roots.values() if state is not None for tree in state.root.trees]
        every = (basis.reads, *(tree.reads for tree in trees))
        places = self._answered_from(basis).union(*(places_of(reads, self.tree.root) for reads in every))
        told = {asked: said for tree in (self.tree, *trees) for asked, said in tree.secrets.asked.items()}
        return Held(sorted(places), basis.root_paths, basis.are_roots, said, told)

    def _answered_from(self, basis: Basis) -> set[str]:
        """What the root that answered most has looked at, where nothing else was: it tells this repo from others."""
        asked = () if basis.roots or basis.reads.files else basis.said
        every = (self._asked_of(question, about)[0].each(self._root_paths, but) for question, about, but, _ in asked)
        most = max(chain.from_iterable(every), key=lambda answered: len(answered[1]), default=None)
        return set() if most is None else self.rests_on(most[0])[0]

    def holds(self, held: Held) -> bool:
        """Whether all that an earlier run's answer rests on, but for the places, is as it was then."""
        if held.root_paths not in (None, self._root_paths):
            return False
        if any(self._is_root(path) is not was for path, was in held.are_roots.items()):
            return False
        if any(self.tree.secrets.told(*asked) != said for asked, said in held.told.items()):
            return False
        asked = ((*unpacked(question), without, said) for question, without, said in held.said)
        return all(self._digest(question, about, without) == said for question, about, without, said in asked)

    def _digest(self, question: Callable[..., Any], about: tuple[Hashable, ...], without: str | None) -> bytes | None:
        self._said(question, about, without, None)
        (asked, key), stored = self._asked_of(question, about), self.stored
        return None if stored is None else asked.digest(self._root_paths, without, partial(stored.digest, key))

    def kept(self, question: Hashable, answer: Callable[[], R]) -> R:
        """The answer to a question about this repo, worked out once."""
        if question not in self._answers:
            with self.asking() as basis:
                self._answers[question] = answer(), basis
        found, basis = self._answers[question]
        self._basis.add(basis)
        answered: R = found
        return answered

    @contextmanager
    def asking(self) -> Iterator[Basis]:
        """What is asked within rests on the basis that this gives, and so does whoever asked for it."""
        outer = self._basis
        with self.aside() as basis:
            try:
                yield basis
            finally:
                outer.add(basis)

    @contextmanager
    def aside(self, basis: Basis | None = None) -> Iterator[Basis]:
        """Nobody rests on what is asked within but by what he is told of it, which is kept with the roots."""
        outer, apart = self._basis, basis or Basis(Reads())
        self._basis, self.tree.reads = apart, apart.reads
        try:
            yield apart
        finally:
            self._basis, self.tree.reads = outer, outer.reads

    def stands(self, basis: Basis, changes: Changes) -> bool:
        """Whether all that something rests on is as it was before the changes, to which this repo has moved."""
        if basis.reads.touched(changes) or basis.root_paths not in (None, self._root_paths):
            return False
        if any(self._is_root(path) is not was for path, was in basis.are_roots.items()):
            return False
        if any(state is None or not state.is_of(self._roots.get(path)) for path, state in basis.roots.items()):
            return False
        return all(self._still_says(said, *asked) for asked, said in basis.said.items())

    def _still_says(self, said: object, question: Question[Any], about: Any, without: Any, most: int | None) -> bool:
        try:
            return said is not None and identical(self._said(question, about, without, most), said)
        except Exception:  # noqa: BLE001  (what is raised will be seen by whoever asks again)
            return False

    def move(self, changes: Changes) -> None:
        """Become the state of the repo that differs by these changes, to which its place has moved already."""
        self.tree.forget(changes)
        vars(self).pop("_files", None)
        if self._layout.reads.touched(changes) or self._gains_or_loses_source(changes):
            self._look_around()
        gone = {path for path, root in self._roots.items() if not self._is_as_before(path, root, changes)}
        if gone:
            for asked, _ in self._asked.values():
                asked.ask_again(gone)
            for path in [path for path in gone if not renewed(self._roots[path], changes)]:
                self._roots.pop(path).let_go()
        self._answers = {q: (a, basis) for q, (a, basis) in self._answers.items() if self.stands(basis, changes)}
        self._basis = Basis(self.tree.reads)

    def _is_as_before(self, path: str, root: Root, changes: Changes) -> bool:
        if any(tree.reads.touched(changes) for tree in (root.tree, root.loaded_in)):
            return False
        if not root.given_in.reads.touched(changes):
            return True
        # What all roots are given is in one file: most of it is for others.
        tree = self.tree.view()
        try:
            return root.is_given_the_same(tree, self._settings(tree, path))
        except Exception:  # noqa: BLE001  (what is raised will be seen by whoever asks again)
            return False

    def _look_around(self) -> None:
        """Find the roots anew.  Where they are as before, what all of them said still is what they say."""
        self._layout.reads = Reads()
        vars(self).pop("_layout_of_roots", None)
        before = vars(self).pop("_root_paths", None)
        with suppress(TerraformError):
            if before == self._root_paths:
                return
        for asked, _ in self._asked.values():
            asked.count_again()

    def _gains_or_loses_source(self, changes: Changes) -> bool:
        names = (change.path.rpartition("/")[2] for change in changes.each if "000000" in (change.before, change.after))
        return bool(changes.redirects) or any(is_configuration(name) or name in (*FILES, STACK) for name in names)


def kept(function: Callable[Concatenate[Infra, P], R]) -> Callable[Concatenate[Infra, P], R]:
    """Have a function's answers kept with the repo that it is asked about, and for as long as that is."""

    @wraps(function)
    def answer(infra: Infra, /, *arguments: P.args, **named: P.kwargs) -> R:
        return infra.kept((function, arguments, *sorted(named.items())), lambda: function(infra, *arguments, **named))

    return answer
