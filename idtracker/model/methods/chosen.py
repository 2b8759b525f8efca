"""The methods of one programme, read from their files: which one makes the scores, which ones stand beside it."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cached_property
from pathlib import Path
from typing import Literal

from idtracker.model.composite.definition import Index
from idtracker.model.composite.load import index_from, is_index, of_programme, shipped
from idtracker.model.config.definition_file import read_definition
from idtracker.model.config.method_choice import MethodChoice
from idtracker.model.errors import DefinitionError
from idtracker.model.method import BUNDLED, Method, TrendRule, load_method
from idtracker.model.methods.tracker_tree import faults_of_tracker
from idtracker.model.methods.two_level import unknown_indicators

Role = Literal["headline", "also", "earlier"]
MERGES = {"merge_policy", "disagreement_points", "not_merged", "merging", "uncertainty", "grading"}
"""Parameters of a two-level method that merging alone reads."""
SCORES = {"method_version", "title", "root", "dimensions", "within", "across", "floor", "band_scheme", "trend"}
"""Parameters that scoring alone reads; the share of coverage and the level of intervals are of both."""
DRAWN = {"alternatives"}
"""What draws alone read."""


@dataclass(frozen=True)
class Scoring:
    """One method that makes scores: a tree of any depth, or one of the tracker's two-level methods."""

    method_id: str
    role: Role
    definition: Index | Method

    @property
    def version(self) -> str:
        return self.definition.method_version

    @property
    def root(self) -> str:
        return self.definition.tree.code if isinstance(self.definition, Index) else self.definition.root

    @property
    def nodes(self) -> frozenset[str]:
        """The codes of all nodes that have scores."""
        method = self.definition
        return frozenset(method.hierarchy.nodes if isinstance(method, Index) else {method.root, *method.dimensions})

    @cached_property
    def fingerprint(self) -> str:
        """All that scores depend on and merged cells do not."""
        if isinstance(self.definition, Index):
            return f"{self.method_id} {self.role} {self.definition.model_dump_json(exclude_unset=True, exclude=DRAWN)}"
        return f"{self.method_id} {self.role} {self.definition.model_dump_json(exclude=MERGES | DRAWN)}"

    @property
    def drawn_from(self) -> str:
        """All that draws depend on beside cells: the scores' parameters and the other choices."""
        return f"{self.fingerprint} {self.definition.alternatives.model_dump_json()}"


@dataclass(frozen=True)
class Methods:
    """How cells are merged and their trends judged (`merging`), the headline, and the methods beside it."""

    merging: Method
    headline: Scoring
    beside: tuple[Scoring, ...] = ()

    @property
    def trend(self) -> TrendRule:
        """How trends are judged: as the headline says, where it is a tree that does, else as the two-level method does."""
        stated = self.headline.definition.trend
        return stated if stated is not None else self.merging.trend

    def trend_of(self, beside: Scoring) -> TrendRule:
        """How trends of a method beside the headline are judged: as its own file says, else as the two-level method does."""
        stated = beside.definition.trend
        return stated if stated is not None else self.merging.trend

    def __iter__(self) -> Iterator[Scoring]:
        yield self.headline
        yield from self.beside


def known_files(sources: Path) -> dict[str, Path]:
    """Name -> file of every method at hand; one of the programme stands before one that is shipped under its name."""
    own = {path.stem: path for path in sorted(BUNDLED.parent.glob("*.yml"))}
    return own | shipped() | of_programme(sources)


def bundled_methods() -> Methods:
    """The tracker's own latest method alone."""
    method = load_method()
    return Methods(method, Scoring(BUNDLED.stem, "headline", method))


def load_methods(sources: Path, choice: MethodChoice, indicators: Collection[str]) -> Methods:
    """The methods that a programme names; DefinitionError with everything that is wrong with any of them.

    Cells are merged, and trends judged, by the headline where it is one of the tracker's two-level methods, else by the latest of these.
    """
    known, at = known_files(sources), f"{sources.name}/programme.yml"
    named: list[tuple[str, Role]] = [(choice.headline or BUNDLED.stem, "headline")]
    named += [(name, "also") for name in choice.also]
    named += [(name, "earlier") for name in choice.earlier]
    found: list[Scoring] = []
    problems: list[str] = []
    for name, role in named:
        try:
            found.append(_scoring(name, role, known, at, indicators))
        except DefinitionError as problem:
            problems += problem.problems
    versions = [scoring.version for scoring in found]
    problems += [
        f"{at}: method: version {version} is that of several methods: each needs one of its own"
        for version in sorted({v for v in versions if versions.count(v) > 1})
    ]
    if problems:
        raise DefinitionError(problems)
    headline = found[0]
    merging = headline.definition if isinstance(headline.definition, Method) else load_method()
    return Methods(merging, headline, tuple(found[1:]))


def _scoring(name: str, role: Role, known: Mapping[str, Path], at: str, indicators: Collection[str]) -> Scoring:
    folded = {known_name.casefold(): known_name for known_name in known}
    own = folded.get(name.casefold())
    if own is None:
        near = get_close_matches(name.casefold(), list(folded), n=1)
        hint = f"did you mean `{folded[near[0]]}`? " if near else ""
        raise DefinitionError(
            [f"{at}: method: there is no method `{name}`: {hint}Known are {', '.join(sorted(known))}"]
        )
    path = known[own]
    document = read_definition(path)
    found: Index | Method
    if is_index(document):
        found = index_from(document, path)
        told = faults_of_tracker(found, indicators)
    else:
        found = load_method(path)
        told = unknown_indicators(found, indicators)
    faults = [f"{path}:{document.line_of(loc)}: {'.'.join(map(str, loc))}: {message}" for loc, message in told]
    if faults:
        raise DefinitionError(faults)
    return Scoring(own, role, found)
