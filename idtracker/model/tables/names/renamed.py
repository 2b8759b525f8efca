"""Names of published tables and columns that were others before: the old ones answer until a stated version, and say so.

A table is still there under its old name as a view of the new one. A table of which columns were renamed is there with old and new
names in the schema `renamed`, for a table itself cannot show a column twice without `SELECT *` showing it twice as well.
"""

from __future__ import annotations

import warnings
from collections.abc import Collection, Iterable
from dataclasses import dataclass

SCHEMA = "renamed"


@dataclass(frozen=True, slots=True)
class Renamed:
    """A table that has another name since a version, or with `column` one of its columns (`old` and `new` are then names of columns)."""

    old: str
    new: str
    since: str
    gone_in: str
    table: str | None = None

    @property
    def says(self) -> str:
        """Which name to use, and until when the old one answers."""
        what = f"The table `{self.old}`" if self.table is None else f"The column `{self.old}` of `{self.table}`"
        return f"{what} is called `{self.new}` since {self.since}; the old name goes away with {self.gone_in}."


RENAMED: tuple[Renamed, ...] = ()
"""What was renamed and still answers; an entry stays for at least one minor version after the one that renamed."""


def present_table(name: str, renamed: Iterable[Renamed] | None = None) -> str:
    """The present name of a table; a DeprecationWarning where it was asked for by its old one."""
    for entry in RENAMED if renamed is None else renamed:
        if entry.table is None and entry.old == name:
            warnings.warn(entry.says, DeprecationWarning, stacklevel=3)
            return entry.new
    return name


def warnings_about(
    tables: Collection[str], columns: Collection[str], renamed: Iterable[Renamed] | None = None
) -> list[str]:
    """What to say about the old names that a query uses, from the names of its tables and columns in small letters."""
    entries = RENAMED if renamed is None else renamed
    return [
        entry.says
        for entry in entries
        if (entry.table is None and entry.old in tables) or (entry.table in tables and entry.old in columns)
    ]


def renamed_statements(tables: Collection[str], renamed: Iterable[Renamed] | None = None) -> list[str]:
    """The statements that make the views by which old names answer in a database with these tables."""
    entries = [e for e in (RENAMED if renamed is None else renamed) if (e.table or e.new) in tables]
    statements = [f'CREATE VIEW main."{e.old}" AS SELECT * FROM main."{e.new}"' for e in entries if e.table is None]
    statements += [f"COMMENT ON VIEW main.\"{e.old}\" IS '{e.says}'" for e in entries if e.table is None]
    columns: dict[str, list[Renamed]] = {}
    for entry in entries:
        if entry.table is not None:
            columns.setdefault(entry.table, []).append(entry)
    if columns:
        statements.append(f"CREATE SCHEMA {SCHEMA}")
    for table, named in sorted(columns.items()):
        both = ", ".join(f'"{e.new}" AS "{e.old}"' for e in named)
        statements.append(f'CREATE VIEW {SCHEMA}."{table}" AS SELECT *, {both} FROM main."{table}"')
    return statements
