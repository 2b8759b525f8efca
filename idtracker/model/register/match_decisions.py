"""matches.csv of a programme: pairs of organisations or activities that a person judged the same or different, and who."""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Literal, cast, get_args

from idtracker.model.errors import DefinitionError, UsageError
from idtracker.model.register.connected_components import connected_components, successor_chains
from idtracker.model.register.match_kind import MatchKind
from idtracker.model.register.register import OVERLAY_FOLDER, Register
from idtracker.model.text import clean

MATCHES_FILE = "matches.csv"
COLUMNS = ("kind", "left_id", "right_id", "decision", "decided_by", "decided_on", "why", "score")
Verdict = Literal["same", "different"]
Pair = tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class Match:
    """One decision: `left_id` and `right_id` are the same thing, or are not; `decided_by` is a role, `score` 0-1."""

    kind: MatchKind
    left_id: str
    right_id: str
    decision: Verdict
    decided_by: str
    decided_on: date
    why: str
    score: float | None
    origin: str = ""

    @property
    def pair(self) -> Pair:
        """Kind and both identifiers, the smaller first."""
        return (self.kind, *sorted((self.left_id, self.right_id)))  # type: ignore[return-value]


@dataclass(frozen=True, slots=True)
class Matches:
    """Every decision of a programme, in the order of the file; `fingerprint` is the SHA-256 of the file."""

    entries: tuple[Match, ...] = ()
    fingerprint: str = ""

    @classmethod
    def load(cls, sources_dir: Path | None, register: Register) -> Matches:
        """The decisions of `_reference/matches.csv`, none where there is no such file; a broken row raises DefinitionError.

        Refused are: an unknown kind or decision, a pair twice, decisions that contradict each other (A is B, B is C, A is
        not C), and organisations that follow one another in the register, whose merger the register tells.
        """
        path = matches_path(sources_dir) if sources_dir else None
        if path is None or not path.is_file():
            return cls()
        content = path.read_bytes()
        entries, problems = _read(content, path)
        problems += [*_repeated(entries), *_contradictions(entries), *_mergers(entries, register)]
        if problems:
            raise DefinitionError(problems)
        return cls(tuple(entries), hashlib.sha256(content).hexdigest())

    def same(self, kind: MatchKind) -> list[Match]:
        """The pairs of a kind judged the same."""
        return [m for m in self.entries if m.kind == kind and m.decision == "same"]

    def decided(self) -> dict[Pair, Match]:
        """Pair -> its decision."""
        return {m.pair: m for m in self.entries}

    def settles(self, kind: MatchKind, left_id: str, right_id: str) -> bool:
        """Whether the pair is decided, by itself or through others: same as the same, or different from the same."""
        groups = connected_components((m.left_id, m.right_id) for m in self.same(kind))
        left, right = groups.get(left_id, left_id), groups.get(right_id, right_id)
        apart = {
            frozenset((groups.get(m.left_id, m.left_id), groups.get(m.right_id, m.right_id)))
            for m in self.entries
            if m.kind == kind and m.decision == "different"
        }
        return left == right or frozenset((left, right)) in apart


def matches_path(sources_dir: Path) -> Path:
    """Where a programme keeps its decisions."""
    return sources_dir / OVERLAY_FOLDER / MATCHES_FILE


def decide(sources_dir: Path, register: Register, entry: Match) -> bool:
    """Add a decision to the file; False where it stands already. UsageError where it contradicts one that stands."""
    path = matches_path(sources_dir)
    _refuse_unfit(entry)
    current = Matches.load(sources_dir, register).decided().get(entry.pair)
    if current is not None:
        if current.decision == entry.decision:
            return False
        raise UsageError(
            f"{current.origin}: {entry.left_id} and {entry.right_id} were judged {current.decision}; "
            f"`idtracker matches undo {entry.left_id} {entry.right_id}` takes that back first."
        )
    before = path.read_bytes() if path.is_file() else b""
    end = "\r\n" if b"\r\n" in before else "\n"
    text = io.StringIO()
    writer = csv.writer(text, lineterminator=end)
    if not before.removeprefix(b"\xef\xbb\xbf").strip():
        writer.writerow(COLUMNS)
    elif not before.endswith((b"\n", b"\r")):
        text.write(end)
    writer.writerow(_cells(entry))
    _replace(path, before, before + text.getvalue().encode(), sources_dir, register)
    return True


def undo(sources_dir: Path, register: Register, kind: MatchKind, left_id: str, right_id: str) -> Match:
    """Remove the decision about a pair, which is given back; UsageError where there is none."""
    path = matches_path(sources_dir)
    wanted = (kind, *sorted((left_id, right_id)))
    entry = Matches.load(sources_dir, register).decided().get(cast(Pair, wanted))
    if entry is None:
        raise UsageError(f"There is no decision about {left_id} and {right_id} in {path}.")
    before = path.read_bytes()
    lines = io.StringIO(before.decode("utf-8-sig"), newline="").readlines()
    begin = int(entry.origin.rsplit(":", 1)[-1]) - 1
    count = _lines_of(lines, begin)
    remaining = "".join(lines[:begin] + lines[begin + count :]).encode()
    mark = b"\xef\xbb\xbf" if before.startswith(b"\xef\xbb\xbf") else b""
    _replace(path, before, mark + remaining, sources_dir, register)
    return entry


def _lines_of(lines: list[str], begin: int) -> int:
    """How many lines the record takes that begins there: a quoted cell may hold line ends."""
    reader = csv.reader(iter(lines[begin:]))
    next(reader)
    return reader.line_num


def _cells(entry: Match) -> list[str]:
    score = "" if entry.score is None else f"{entry.score:.4f}"
    _, left, right = entry.pair
    texts = (entry.kind, left, right, entry.decision, entry.decided_by, entry.decided_on.isoformat(), entry.why, score)
    return [clean(text) for text in texts]


def _refuse_unfit(entry: Match) -> None:
    if entry.left_id == entry.right_id:
        raise UsageError(f"`{entry.left_id}` is given twice; a decision is about two identifiers.")
    for option, text in (("--by", entry.decided_by), ("--why", entry.why)):
        if not clean(text):
            raise UsageError(f"{option} is empty.")
        if "@" in text:
            raise UsageError(f"{option} is `{text}`; name a role such as `data team`, and no address.")


def _replace(path: Path, before: bytes, after: bytes, sources_dir: Path, register: Register) -> None:
    """Write the file as a whole, check it, and bring the earlier one back where it is not sound."""
    from idtracker.model.files import write_bytes

    path.parent.mkdir(parents=True, exist_ok=True)
    entries, problems = _read(after, path)
    problems += [*_repeated(entries), *_contradictions(entries), *_mergers(entries, register)]
    if problems:
        raise UsageError("\n".join(problems))
    mode = path.stat().st_mode & 0o777 if path.is_file() else 0o644
    write_bytes(path.resolve(), after)
    path.chmod(mode)


def _read(content: bytes, path: Path) -> tuple[list[Match], list[str]]:
    try:
        reader = csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""), strict=True)
        rows: list[tuple[int, list[str]]] = []
        begun = 1
        for cells in reader:
            rows.append((begun, [cell.strip() for cell in cells]))
            begun = reader.line_num + 1
    except (UnicodeDecodeError, csv.Error) as problem:
        return [], [f"{path}:1: not readable ({problem}); expected comma-separated text in UTF-8"]
    heading = rows[0][1] if rows else []
    if heading != list(COLUMNS):
        return [], [f"{path}:1: the columns are {', '.join(heading)}; expected {', '.join(COLUMNS)}"]
    entries: list[Match] = []
    problems: list[str] = []
    for line, cells in rows[1:]:
        if any(cells):
            _read_entry(f"{path}:{line}", cells, entries, problems)
    return entries, problems


def _read_entry(origin: str, cells: list[str], entries: list[Match], problems: list[str]) -> None:
    if len(cells) != len(COLUMNS):
        problems.append(f"{origin}: has {len(cells)} cells; expected {len(COLUMNS)}")
        return
    row = dict(zip(COLUMNS, cells, strict=True))
    faults = [f"`{name}` is empty; expected text" for name in COLUMNS[:-1] if not row[name]]
    choices: Mapping[str, Collection[str]] = {"kind": get_args(MatchKind), "decision": get_args(Verdict)}
    for name, allowed in choices.items():
        if row[name] and row[name] not in allowed:
            faults.append(f"`{name}` is `{row[name]}`; expected {' or '.join(allowed)}")
    if row["left_id"] and row["left_id"] == row["right_id"]:
        faults.append(f"`right_id` is `{row['right_id']}` as well; expected another identifier")
    faults += [f"`{n}` is `{row[n]}`; expected no address" for n in ("decided_by", "why") if "@" in row[n]]
    day, score = _day(row["decided_on"]), _share(row["score"])
    if row["decided_on"] and day is None:
        faults.append(f"`decided_on` is `{row['decided_on']}`; expected a date such as 2026-03-31")
    if row["score"] and score is None:
        faults.append(f"`score` is `{row['score']}`; expected a number from 0 to 1, or nothing")
    problems += [f"{origin}: {fault}" for fault in faults]
    if not faults and day is not None:
        entries.append(
            Match(
                cast(MatchKind, row["kind"]), row["left_id"], row["right_id"], cast(Verdict, row["decision"]),
                row["decided_by"], day, row["why"], score, origin,
            )
        )  # fmt: skip


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _share(text: str) -> float | None:
    try:
        number = float(text)
    except ValueError:
        return None
    return number if 0 <= number <= 1 else None


def _repeated(entries: Collection[Match]) -> Iterator[str]:
    first: dict[Pair, Match] = {}
    for entry in entries:
        earlier = first.setdefault(entry.pair, entry)
        if earlier is not entry:
            line = earlier.origin.rsplit(":", 1)[-1]
            yield f"{entry.origin}: {entry.left_id} and {entry.right_id} stand on line {line} already; expected one line"


def _contradictions(entries: Collection[Match]) -> Iterator[str]:
    """Pairs judged different that other decisions make the same."""
    for kind in get_args(MatchKind):
        groups = connected_components(
            (m.left_id, m.right_id) for m in entries if m.kind == kind and m.decision == "same"
        )
        for entry in entries:
            left, right = groups.get(entry.left_id), groups.get(entry.right_id)
            if entry.kind == kind and entry.decision == "different" and left is not None and left == right:
                yield (
                    f"{entry.origin}: {entry.left_id} and {entry.right_id} are judged different, "
                    "but other lines together make them the same; expected one of these lines to go"
                )


def _mergers(entries: Collection[Match], register: Register) -> Iterator[str]:
    """Decisions that join organisations of which one follows the other in the register, by themselves or together."""
    chains = successor_chains(register.organisations)
    members: dict[str, dict[str, str]] = {}
    same = [m for m in entries if m.kind == "organisation" and m.decision == "same"]
    groups = connected_components((m.left_id, m.right_id) for m in same)
    for entry in same:
        for org in (entry.left_id, entry.right_id):
            chain = chains.get(org)
            if chain is None:
                continue
            other = members.setdefault(groups[org], {}).setdefault(chain, org)
            if other != org:
                yield (
                    f"{entry.origin}: {other} and {org} follow one another in the register; "
                    "expected no decision: organisations.csv tells a merger"
                )
