"""Which framework a programme reviews: one that ships with the package or its own, and what is wrong with it."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from idtracker.model.config.definition_file import hold_document
from idtracker.model.config.yaml_lines import LinedYaml, Loc, read_lined
from idtracker.model.framework.composite import StageComposite, refusals_of
from idtracker.model.framework.definition import Framework

SHIPPED = Path(__file__).parent / "data"
OWN = ".yml"
"""A framework whose name ends so is a file of the programme, named from the folder of its sources on."""


@dataclass(frozen=True, slots=True)
class Known:
    """What a framework may name: metrics with their measures, and the questions that answers may be about."""

    measures: Mapping[str, Collection[str]]
    questions: Collection[str]


@dataclass(frozen=True, slots=True)
class LoadedFramework:
    """The sound part of a framework, None where nothing of it can be used, what is wrong, and what stands for its content."""

    framework: Framework | None
    problems: tuple[str, ...]
    advice: tuple[str, ...]
    fingerprint: str


def framework_file(sources: Path, name: str) -> tuple[Path, str]:
    """The file of a framework by the name that programme.yml gives, and how it is shown."""
    if not name.endswith(OWN):
        path = SHIPPED / f"{name}.yml"
        return path, f"framework/{path.name}"
    folder = sources.absolute()
    inner = name.removeprefix(f"{folder.name}/")
    return folder / inner, f"{folder.name}/{inner}"


def framework_fingerprint(sources: Path, name: str) -> str:
    """What stands for the content of the file of a framework; that of nothing where it is not there."""
    path, _ = framework_file(sources, name)
    content = path.read_bytes() if path.is_file() else b""
    return hashlib.sha256(f"{name}\0".encode() + content).hexdigest()


def load_framework(sources: Path, name: str, known: Known) -> LoadedFramework:
    """The framework of a programme. What is wrong in an entry leaves out that entry; what is wrong with the file, all of it."""
    path, shown = framework_file(sources, name)
    fingerprint = framework_fingerprint(sources, name)
    if not path.is_file():
        shipped = ", ".join(sorted(file.stem for file in SHIPPED.glob("*.yml")))
        line = f"programme.yml: framework: there is no `{name}`: name a file from the folder of sources on, or one of {shipped}"
        return LoadedFramework(None, (line,), (), fingerprint)
    measures = tuple((metric, tuple(each)) for metric, each in known.measures.items())
    framework, problems, advice = _loaded(path.read_bytes(), shown, measures, tuple(sorted(known.questions)))
    return LoadedFramework(framework, problems, advice, fingerprint)


@lru_cache(maxsize=8)
def _loaded(
    content: bytes, shown: str, measures: tuple[tuple[str, tuple[str, ...]], ...], questions: tuple[str, ...]
) -> tuple[Framework | None, tuple[str, ...], tuple[str, ...]]:
    document = read_lined(content)
    whole, problems = hold_document(document, shown, Framework)
    if whole is None:
        return None, tuple(problems), ()
    sieve = _Sieve(document, shown, dict(measures))
    sound = sieve.sound(whole)
    advice = [
        f"{shown}:{document.line_of(('questions', n, 'code'))}: questions[{n}].code: the codelist `kpq` has no `{question.code}`, so "
        "nobody can answer it; add a row to `_reference/codelists.csv`"
        for n, question in enumerate(whole.questions)
        if question.code not in questions
    ]
    return sound, tuple(line for _, line in sorted(sieve.problems)), tuple(advice)


class _Sieve:
    """Takes out of a framework what names something that there is not, and says so with its line."""

    def __init__(self, document: LinedYaml, shown: str, measures: Mapping[str, Collection[str]]) -> None:
        self._document, self._shown, self._measures = document, shown, measures
        self.problems: list[tuple[int, str]] = []

    def sound(self, whole: Framework) -> Framework | None:
        """The framework without its faulty entries; None where no question is left."""
        stages = self._once("stages", whole.stages)
        functions = self._once("functions", whole.functions)
        groups = self._once("groups", whole.groups)
        series = [s for n, s in self._named_once(whole) if self._is_measured(n, s)]
        by_name = {s.name: s for s in series}
        seen: set[str] = set()
        places = {"stage": {s.code for s in stages}, "function": {f.code for f in functions}}
        questions = list(self._subjects("questions", whole.questions, by_name, places, seen))
        elements = list(self._subjects("elements", whole.elements, by_name, {"group": {g.code for g in groups}}, seen))
        parts: dict[str, Any] = {"stages": stages, "functions": functions, "groups": groups, "evidence": series}
        parts["composite"] = self._agreed(whole.composite, {s.name: s.scope for s in series})
        return whole.model_copy(update=parts | {"questions": questions, "elements": elements}) if questions else None

    def _agreed(self, composite: StageComposite | None, scopes: Mapping[str, str]) -> StageComposite | None:
        """The composite; None where there is a reason to refuse it, each of which is said."""
        reasons = list(refusals_of(composite, scopes)) if composite else []
        for inner, why in reasons:
            loc: Loc = ("composite", *inner)
            self._say(loc if loc in self._document.lines else ("composite",), f"the composite is refused: {why}")
        return None if reasons else composite

    def _say(self, loc: Loc, text: str) -> None:
        line = self._document.line_of(loc)
        shown = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in loc).lstrip(".")
        self.problems.append((line, f"{self._shown}:{line}: {shown}: {text}"))

    def _once(self, key: str, entries: list[Any]) -> list[Any]:
        seen: dict[str, Any] = {}
        for n, entry in enumerate(entries):
            if entry.code in seen:
                self._say((key, n, "code"), f"`{entry.code}` stands here a second time; the first counts")
            seen.setdefault(entry.code, entry)
        return list(seen.values())

    def _named_once(self, whole: Framework) -> Iterator[tuple[int, Any]]:
        seen: set[str] = set()
        for n, series in enumerate(whole.evidence):
            if series.name in seen:
                self._say(
                    ("evidence", n), f"`{series.name}` stands here a second time; the first counts: give it a `code`"
                )
            else:
                yield n, series
            seen.add(series.name)

    def _is_measured(self, n: int, series: Any) -> bool:
        if series.metric not in self._measures:
            self._say(("evidence", n, "metric"), f"there is no metric `{series.metric}`")
            return False
        measures = self._measures[series.metric]
        if series.measure not in measures:
            at = ("evidence", n, "measure") if ("evidence", n, "measure") in self._document.lines else ("evidence", n)
            self._say(at, f"{series.metric} has no figure `{series.measure}`: {', '.join(measures)}")
            return False
        return True

    def _subjects(
        self, key: str, entries: list[Any], series: Mapping[str, Any], places: Mapping[str, set[str]], seen: set[str]
    ) -> Iterator[Any]:
        for n, entry in enumerate(entries):
            is_sound = entry.code not in seen
            if not is_sound:
                self._say((key, n, "code"), f"`{entry.code}` stands here a second time; the first counts")
            for name, codes in places.items():
                named = getattr(entry, name)
                if named is not None and named not in codes:
                    self._say((key, n, name), f"there is no {name} `{named}`: {', '.join(sorted(codes))}")
                    is_sound = False
            evidence = list(self._cited((key, n, "evidence"), entry, series))
            if not evidence:
                self._say((key, n), f"`{entry.code}` has no evidence: name at least one series")
            if is_sound and evidence:
                seen.add(entry.code)
                yield entry.model_copy(update={"evidence": evidence})

    def _cited(self, loc: Loc, entry: Any, series: Mapping[str, Any]) -> Iterator[str]:
        """The series of an entry that there are; of one that states change alone, those that are changes."""
        for n, name in enumerate(entry.evidence):
            if name in entry.evidence[:n]:
                self._say((*loc, n), f"`{name}` is cited twice")
            elif name not in series:
                self._say((*loc, n), f"there is no usable series `{name}` under `evidence`")
            elif getattr(entry, "states", "level") == "change" and not series[name].is_change:
                self._say((*loc, n), f"`{entry.code}` states change alone, and `{name}` is a level: see `is_change`")
            else:
                yield name
