"""The reviewed names of a source kept in order: an entry added by a person in a role, and entries that no longer serve."""

from __future__ import annotations

import csv
import io
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date
from difflib import get_close_matches
from pathlib import Path
from typing import Literal

import pandas as pd

from idtracker.ingest.resolve.indicators import index_indicators
from idtracker.ingest.resolve.organisations import find_organisations, index_organisations
from idtracker.ingest.resolve.places import find_places, index_places
from idtracker.model.errors import UsageError
from idtracker.model.register.register import Register
from idtracker.model.register.reviewed_names import COLUMNS, NAMES_FILE, NameKind, Names, ReviewedName
from idtracker.model.text import clean, fold

Fault = Literal["unused", "contradicts", "expired", "unknown"]
_KINDS: tuple[NameKind, ...] = ("organisation", "place", "indicator")


@dataclass(frozen=True, slots=True)
class Doubt:
    """What speaks against an entry of names.csv: `detail` is the identifier or day that it runs into, if there is one."""

    entry: ReviewedName
    fault: Fault
    detail: str = ""


def known_identifiers(register: Register, kind: NameKind) -> list[str]:
    """Every identifier of a kind, each once."""
    columns = {"organisation": register.organisations["org_id"], "place": register.places["place_id"]}
    return list(dict.fromkeys(columns.get(kind, register.indicators["indicator_id"])))


def meanings(register: Register, kind: NameKind, typed: str, schemes: Collection[str] = ()) -> tuple[str, ...]:
    """Identifiers that the register gives a name or a code of one of the schemes; none where it does not know it."""
    schemes_asked = (None, *sorted(schemes))
    if kind == "organisation":
        index = index_organisations(register)
        return tuple(dict.fromkeys(org for scheme in schemes_asked for org in find_organisations(typed, scheme, index)))
    if kind == "place":
        places = index_places(register)
        return tuple(dict.fromkeys(p for scheme in schemes_asked for p in find_places(typed, scheme, places)))
    holders = index_indicators(register).known.get(fold(typed))
    return (holders,) if holders else ()


def kind_of(register: Register, identifier: str, kind: NameKind | None = None) -> NameKind:
    """The kind of thing that the identifier stands for; UsageError where it is unknown, or known for several kinds."""
    kinds = [k for k in ((kind,) if kind else _KINDS) if identifier in known_identifiers(register, k)]
    if len(kinds) == 1:
        return kinds[0]
    if kinds:
        raise UsageError(f"`{identifier}` is {' and '.join(kinds)}; say which with --kind.")
    identifiers = [i for k in ((kind,) if kind else _KINDS) for i in known_identifiers(register, k)]
    near = get_close_matches(identifier, identifiers, n=1, cutoff=0.5)
    hint = f" Did you mean `{near[0]}`?" if near else ""
    raise UsageError(f"`{identifier}` is not a known identifier{f' of {kind}' if kind else ''}.{hint}")


def accept_name(folder: Path, register: Register, entry: ReviewedName, schemes: Collection[str] = ()) -> bool:
    """Add an entry to names.csv of the source in `folder`; False where nothing had to be added.

    The file is replaced as a whole: its order, line ends and byte order mark stay. UsageError where the entry is not
    fit, contradicts an entry that stands, or where the register gives the name another meaning already.
    """
    _refuse_unfit(entry)
    names = Names.load(folder)
    for earlier in names.entries:
        if earlier.kind == entry.kind and fold(earlier.typed) == fold(entry.typed):
            if earlier.identifier == entry.identifier:
                return False
            raise UsageError(
                f"{earlier.origin}: `{earlier.typed}` means {earlier.identifier} already; "
                "change or remove that line if it is wrong."
            )
    known = meanings(register, entry.kind, entry.typed, schemes)
    if entry.identifier in known:
        return False
    if known:
        raise UsageError(
            f"The register knows `{entry.typed}` as {' and '.join(known)}. If this source means {entry.identifier}, "
            f"write the line into {NAMES_FILE} by hand, so that somebody looks at it."
        )
    _append(folder / NAMES_FILE, entry)
    return True


def _refuse_unfit(entry: ReviewedName) -> None:
    if not fold(entry.typed):
        raise UsageError("The name as typed is empty.")
    if not entry.reviewed_by.strip():
        raise UsageError("--by is empty; name a role such as `data team`.")
    if "@" in entry.reviewed_by:
        raise UsageError(f"--by is `{entry.reviewed_by}`; expected a role such as `data team`, not an address.")


def _append(path: Path, entry: ReviewedName) -> None:
    from idtracker.model.files import write_bytes

    path = path.resolve()
    before = path.read_bytes() if path.is_file() else b""
    end = "\r\n" if b"\r\n" in before else "\n"
    text = io.StringIO()
    writer = csv.writer(text, lineterminator=end)
    if not before.removeprefix(b"\xef\xbb\xbf").strip():
        writer.writerow(COLUMNS)
    elif not before.endswith((b"\n", b"\r")):
        text.write(end)
    cells = (entry.kind, entry.typed, entry.identifier, entry.reviewed_by, entry.reviewed_on.isoformat())
    writer.writerow([clean(cell) for cell in cells])
    mode = path.stat().st_mode & 0o777 if path.is_file() else 0o644
    write_bytes(path, before + text.getvalue().encode())
    path.chmod(mode)


def remove_name(entry: ReviewedName) -> None:
    """Take an entry out of the names.csv that it was read from; every other line stays as it is."""
    from idtracker.model.files import write_bytes

    name, number = entry.origin.rsplit(":", 1)
    path = Path(name).resolve()
    before = path.read_bytes()
    mark = b"\xef\xbb\xbf" if before.startswith(b"\xef\xbb\xbf") else b""
    lines = io.StringIO(before.decode("utf-8-sig"), newline="").readlines()
    reader = csv.reader(iter(lines))
    for _ in range(int(number) - 1):
        next(reader)
    begin = reader.line_num
    next(reader)
    mode = path.stat().st_mode & 0o777
    write_bytes(path, mark + "".join(lines[:begin] + lines[reader.line_num :]).encode())
    path.chmod(mode)


def doubts_about(
    names: Names, register: Register, typed: Collection[str] | None, day: date, schemes: Collection[str] = ()
) -> Iterator[Doubt]:
    """What speaks against each entry, at most one reason each: the gravest.

    `typed` are the folded texts of every file that the source received; None where none was received, so that nothing
    can be called unused. `day` is the day on which an organisation must still have been valid.
    """
    ends = _last_days(register)
    for entry in names.entries:
        known = meanings(register, entry.kind, entry.typed, schemes)
        if entry.identifier not in known_identifiers(register, entry.kind):
            yield Doubt(entry, "unknown")
        elif known and entry.identifier not in known:
            yield Doubt(entry, "contradicts", ", ".join(known))
        elif entry.identifier in ends and ends[entry.identifier] < day:
            yield Doubt(entry, "expired", str(ends[entry.identifier]))
        elif typed is not None and fold(entry.typed) not in typed:
            yield Doubt(entry, "unused")


def _last_days(register: Register) -> dict[str, date]:
    """The last day of each organisation and indicator that has one."""
    organisations = register.organisations[["org_id", "valid_to"]]
    latest = organisations.assign(valid_to=organisations["valid_to"].fillna(pd.Timestamp.max)).groupby("org_id").max()
    ended = latest.loc[latest["valid_to"] < pd.Timestamp.max, "valid_to"]
    retired = register.indicators.dropna(subset="retired_on").set_index("indicator_id")["retired_on"]
    return {str(i): day.date() for i, day in [*ended.items(), *retired.items()]}
