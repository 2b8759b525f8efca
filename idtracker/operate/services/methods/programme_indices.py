"""One index that programme.yml names, worked out by the code behind `method compute`: its rows, or why there are none."""

from __future__ import annotations

import hashlib
import logging
import traceback
from dataclasses import dataclass, replace
from datetime import datetime
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING

from idtracker.ingest.indices.editions import Edition, IndexEditions
from idtracker.model.composite.definition import Index
from idtracker.model.config.programme import Programme
from idtracker.model.errors import IdtrackerError, UnusableFileError, UsageError
from idtracker.model.home import Home
from idtracker.model.instants import aware_utc, naive_utc
from idtracker.model.methods.index_files import method_bytes
from idtracker.model.methods.named_indices import IndexEntry
from idtracker.model.printable import printable
from idtracker.model.steps.versions import VERSIONS
from idtracker.model.tables.version import model_version
from idtracker.operate.services.methods.computed import computed_on, read_table
from idtracker.operate.services.methods.known import Known, index_of, known_methods

if TYPE_CHECKING:
    import pandas as pd

    from idtracker.analyse.composite.engine import Computed
    from idtracker.analyse.composite.findings import Finding

WRONG_COLUMNS = ("no-column", "repeated-column")
"""Findings after which an index is not worked out: method and data file do not belong together."""
FINDINGS_SHOWN, REASONS_SHOWN = 20, 5


@dataclass(frozen=True, slots=True)
class IndexInputs:
    """What an index rests on at one moment: entry, marking, edition of its file.

    `problem` says why there is none to work with; `unseen` that there was none by the instant that was named, which is no problem.
    """

    entry: IndexEntry
    programme: Programme
    method_bytes: bytes
    place: str
    """Where it is named, for messages."""
    edition: Edition | None = None
    content: bytes = b""
    problem: str = ""
    unseen: str = ""
    is_past: bool = False
    """Whether an instant was named up to which anything is known."""

    def is_present(self, home: Home) -> bool:
        """Whether it is the file as it is now that the index rests on, or that keeps it from being worked out."""
        if self.edition is None:
            return not self.is_past
        try:
            return hashlib.sha256((home.sources / self.entry.data).read_bytes()).hexdigest() == self.edition.sha256
        except OSError:
            return False

    @property
    def marking(self) -> dict[str, str | None]:
        """Marking columns of its rows."""
        marking = self.entry.handling.marking if self.entry.handling else self.programme.marking
        return marking.columns

    @property
    def row(self) -> dict[str, object]:
        """What is known of an index before it is worked out."""
        entry, edition = self.entry, self.edition
        return {
            "index_id": entry.id,
            "title": entry.title.en if entry.title else entry.method,
            "title_ar": entry.title.ar if entry.title else None,
            "method_id": entry.method,
            "data_file": edition.data_file if edition else entry.data,
            "data_sha256": edition.sha256 if edition else None,
            "edition_number": edition.number if edition else None,
            "first_seen_at": naive_utc(edition.seen_at) if edition else None,
            "is_worked_out": False,
            "problem": self.problem or None,
            "findings": self.unseen or None,
            **self.marking,
        }

    @property
    def signature(self) -> str:
        """Everything that its rows follow from: entry, marking, method, edition, versions of analysis and tables."""
        edition = "" if self.edition is None else f"{self.edition.number} {self.edition.sha256} {self.edition.seen_at}"
        parts = [self.entry.model_dump_json(), str(self.marking), edition, self.problem, self.unseen]
        parts += [hashlib.sha256(self.method_bytes).hexdigest(), str(VERSIONS["analysis"]), model_version()]
        return hashlib.sha256("\0".join(parts).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class WorkedOutIndex:
    """The rows of an index: one of `programme_index`, and those of `index_score`, none where it could not be worked out."""

    row: dict[str, object]
    scores: pd.DataFrame | None = None


def index_inputs(
    home: Home, programme: Programme, entry: IndexEntry, at: datetime, until: datetime | None, takes_new: bool
) -> IndexInputs:
    """What an index rests on now; with `until`, by the edition of its file that had been seen by then.

    A new edition is kept and counts from `at`, where `takes_new` and no `until` is named.
    """
    place = f"{home.sources.name}/programme.yml: indices: {entry.id}"
    inputs = IndexInputs(entry, programme, method_bytes(home.sources, entry), place, is_past=until is not None)
    editions = IndexEditions(home)
    try:
        if until is None:
            edition, content = _present(home, programme, entry, editions, at, takes_new)
        else:
            then = editions.latest(entry.id, aware_utc(until))
            if then is None:
                return replace(
                    inputs, unseen=f"No edition of {entry.data} had been seen by {until:%Y-%m-%d %H:%M} UTC."
                )
            edition, content = then, editions.content(then)
    except Exception as problem:
        return replace(inputs, problem=_said(inputs, problem, home))
    return replace(inputs, edition=edition, content=content)


def work_out(home: Home, inputs: IndexInputs) -> WorkedOutIndex:
    """An index on the edition that it rests on. What keeps it from being worked out is its `problem`, and never raised."""
    entry, edition = inputs.entry, inputs.edition
    row = inputs.row
    if edition is None:
        return WorkedOutIndex(row)
    try:
        index = index_of(_method(home, entry))
        row |= {"method_version": index.method_version, "root_code": index.tree.code}
        row |= {} if entry.title else {"title": index.title}
        data = read_table(inputs.content, edition.data_file)
        computed = computed_on(index, data)
        return _rows(row | {"rows_read": len(data)}, index, computed, inputs)
    except Exception as problem:
        return WorkedOutIndex(row | {"problem": _said(inputs, problem, home)})


def _said(inputs: IndexInputs, problem: Exception, home: Home) -> str:
    """What keeps an index from being worked out, its place in front; a defect of the program is logged with its trace."""
    if isinstance(problem, IdtrackerError):
        return f"{inputs.place}: {problem}".replace(f"{home.sources}/", f"{home.sources.name}/")
    logging.getLogger("idtracker").error("index %s failed\n%s", inputs.entry.id, printable(traceback.format_exc()))
    return f"{inputs.place}: it could not be worked out ({type(problem).__name__}), which is a defect of the program; its log says more."


def _rows(row: dict[str, object], index: Index, computed: Computed, inputs: IndexInputs) -> WorkedOutIndex:
    from idtracker.analyse.composite.index_rows import index_rows

    assert inputs.edition is not None
    scores, apart = index_rows(index, computed)
    scored = int(computed.nodes[index.tree.code].notna().sum())
    row |= {"unit_count": len(computed.keys), "scored_count": scored, "finding_count": len(computed.findings)}
    row |= {"findings": _shown(apart, FINDINGS_SHOWN) or None}
    wrong = [finding for finding in computed.findings if finding.rule in WRONG_COLUMNS]
    if wrong or not scored:
        why = (
            _shown(wrong or apart or list(computed.findings), REASONS_SHOWN)
            or "The file has no rows. Add one for each unit."
        )
        headline = "data file and method do not go together" if wrong else "no unit has a score"
        return WorkedOutIndex(row | {"problem": f"{inputs.place}: {inputs.entry.data}: {headline}. {why}"})
    stated = {"index_id": inputs.entry.id, "method_version": index.method_version, "data_sha256": inputs.edition.sha256}
    return WorkedOutIndex(row | {"is_worked_out": True}, scores.assign(**stated, **inputs.marking))


def _present(
    home: Home, programme: Programme, entry: IndexEntry, editions: IndexEditions, at: datetime, takes_new: bool
) -> tuple[Edition, bytes]:
    """The edition that the file is now, and its bytes; where nothing new is taken, the latest on record."""
    from idtracker.ingest.marking.scan import search

    content, latest = _read(home, programme, entry), editions.latest(entry.id)
    seen = None if latest is None else (latest.sha256, latest.data_file)
    if latest is not None and seen == (hashlib.sha256(content).hexdigest(), entry.data):
        return latest, content
    if not search(content, programme.limits, Path(entry.data).name).is_complete:
        raise UnusableFileError(
            f"{entry.data} cannot be searched for markings as a whole: make it smaller, or raise `limits`."
        )
    read_table(content, entry.data)  # what is marked, or is no table, is not kept
    if takes_new:
        return editions.keep(entry.id, entry.data, content, at), content
    if latest is None:
        raise UnusableFileError(f"{entry.data} has not been seen by a run yet: run `idtracker run`.")
    return latest, editions.content(latest)


def _read(home: Home, programme: Programme, entry: IndexEntry) -> bytes:
    path, most = home.sources / entry.data, programme.limits.file_bytes
    try:
        size = path.stat().st_size
        if size > most:
            raise UnusableFileError(f"{entry.data} has {size:,} bytes, and {most:,} are read at most: see `limits`.")
        return path.read_bytes()
    except OSError as problem:
        raise UnusableFileError(
            f"{entry.data} cannot be read ({problem.strerror}): put the file there, or mend its name."
        ) from problem


def _method(home: Home, entry: IndexEntry) -> Known:
    """The method of an index, by the name of its file alone. UsageError where there is none of its name."""
    known = known_methods(home)
    for method in known:
        if method.name.casefold() == entry.method.casefold():
            return method
    near = get_close_matches(entry.method.upper(), [method.name for method in known], n=1)
    hint = f"did you mean `{near[0]}`?" if near else "`idtracker method list` names them."
    raise UsageError(f"there is no method `{entry.method}`; {hint}")


def _shown(findings: list[Finding], most: int) -> str:
    """The sentences of findings, the first of many."""
    said = [f"{finding.message} {finding.remedy}" for finding in findings[:most]]
    more = len(findings) - most
    return " ".join([*said, *([f"… and {more} more."] if more > 0 else [])])
