"""The facts that IATI has a place for, by source and activity, and the reason of each that cannot be expressed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from idtracker.model.messages import Message, message
from idtracker.model.tables import TABLES, columns_of
from idtracker.publish.export.published import Published

TEXTS = "publish/export/iati"
ACTIVITY, PARTICIPATION, TRANSACTION, RESULT = "activity", "participation", "transaction", "result_value"
FACTS = (ACTIVITY, PARTICIPATION, TRANSACTION, RESULT)
READ_BESIDE = ("organisation", "place")
"""Tables that the elements of an activity are looked up in."""
_ROLES = {"1", "2", "3", "4"}

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class NotExpressed:
    """One row that is not in a file, and why."""

    table: str
    row: Row
    why: Message


@dataclass(slots=True)
class Reported:
    """An activity as its source reports it: its row, and the rows of participants, money and results that can be expressed."""

    row: Row
    participants: list[Row] = field(default_factory=list)
    transactions: list[Row] = field(default_factory=list)
    results: list[Row] = field(default_factory=list)

    @property
    def rows(self) -> Iterator[tuple[str, Row]]:
        """(table, row) of all that it holds."""
        yield ACTIVITY, self.row
        for table in (PARTICIPATION, TRANSACTION, RESULT):
            for row in self.rows_of(table):
                yield table, row

    def rows_of(self, table: str) -> list[Row]:
        """Its rows of one of the tables that belong to an activity."""
        return {PARTICIPATION: self.participants, TRANSACTION: self.transactions, RESULT: self.results}[table]


@dataclass(frozen=True, slots=True)
class Lookups:
    """Type (IATI) and name of each organisation, and what each place is called, its level and what lies above it."""

    org_types: Mapping[str, str]
    org_names: Mapping[str, str]
    places: Mapping[str, tuple[str, str, str | None]]

    def country_of(self, place: str | None) -> str | None:
        """The country that a place is or lies in; None where the register does not say."""
        seen: set[str] = set()
        while place is not None and place in self.places and place not in seen:
            seen.add(place)
            _, level, above = self.places[place]
            if level == "country":
                return place
            place = above
        return None


def lookups_of(published: Published) -> Lookups:
    """What the elements of activities are looked up in; of an organisation with several stretches the last one."""
    organisations = list(
        published.rows(
            f"SELECT org_id, org_type, name FROM {published.place('organisation')} ORDER BY org_id, valid_from NULLS FIRST"
        )
    )
    places = published.rows(f"SELECT place_id, name, level, parent_id FROM {published.place('place')}")
    return Lookups(
        {str(i): str(kind) for i, kind, _ in organisations if kind},
        {str(i): str(name) for i, _, name in organisations if name},
        {str(i): (str(name), str(level), above) for i, name, level, above in places},
    )


def reported_activities(
    published: Published, tables: Sequence[str], lookups: Lookups
) -> tuple[dict[str, list[Reported]], list[NotExpressed]]:
    """Source -> its activities, by identifier, of the facts known today; and every row that is not among them."""
    activities, left_out = _activities(published, tables, lookups)
    dropped = {(e.row["source_id"], e.row["activity_id"]) for e in left_out}
    for table, (order, fault_of) in _PARTS.items():
        for row in _rows(published, tables, table, order):
            key = (row["source_id"], row["activity_id"])
            own = activities.get(key)
            if own is None:
                name: str | None = "activity_left_out" if key in dropped else "no_activity"
            else:
                name = fault_of(row)
            if own is not None and name is None:
                own.rows_of(table).append(row)
            else:
                left_out.append(NotExpressed(table, row, message(TEXTS, str(name))))
    sources: defaultdict[str, list[Reported]] = defaultdict(list)
    for (source, _), own in sorted(activities.items()):
        if own.participants:
            sources[source].append(own)
        else:
            left_out += without_activity(own, message(TEXTS, "no_participant"))
    return dict(sources), left_out


def _activities(
    published: Published, tables: Sequence[str], lookups: Lookups
) -> tuple[dict[tuple[str, str], Reported], list[NotExpressed]]:
    """(Source, identifier) -> the latest state of an activity that has all that the standard wants; and the rows that are none."""
    activities: dict[tuple[str, str], Reported] = {}
    left_out: list[NotExpressed] = []
    for row in _rows(published, tables, ACTIVITY, "period_end DESC NULLS LAST, fact_id"):
        key = (row["source_id"], row["activity_id"])
        name = "earlier_state" if key in activities else _fault_of_activity(row, lookups)
        if name is None:
            activities[key] = Reported(row)
        else:
            left_out.append(NotExpressed(ACTIVITY, row, message(TEXTS, name)))
    return activities, left_out


def without_activity(own: Reported, why: Message) -> list[NotExpressed]:
    """Every row of an activity that is not in a file: the activity for its reason, the others because it is not."""
    gone = message(TEXTS, "activity_left_out")
    return [NotExpressed(table, row, why if table == ACTIVITY else gone) for table, row in own.rows]


def _rows(published: Published, tables: Sequence[str], table: str, order: str) -> Iterator[Row]:
    if table not in tables:
        return
    names = [spec.name for spec in columns_of(TABLES[table])]
    columns = ", ".join(f'"{name}"' for name in names)
    sql = f"SELECT {columns} FROM {published.place(table)} WHERE recorded_to IS NULL ORDER BY source_id, activity_id, {order}"
    for values in published.rows(sql):
        yield dict(zip(names, values, strict=True))


def _fault_of_activity(row: Row, lookups: Lookups) -> str | None:
    """The first thing that the standard wants of an activity and the row does not have."""
    wanted = {
        "no_reporter": row["org_id"],
        "no_reporter_type": lookups.org_types.get(str(row["org_id"])),
        "no_title": row["title"],
        "no_description": row["description"],
        "no_status": row["status"],
        "no_dates": row["start_on"] or row["end_on"],
    }
    return next((name for name, value in wanted.items() if not value), None)


def _fault_of_participation(row: Row) -> str | None:
    return None if row["role"] in _ROLES else "other_role"


def _fault_of_transaction(row: Row) -> str | None:
    is_whole = (
        row["transaction_type"] and row["transaction_on"] and row["amount"] is not None and row["amount_currency"]
    )
    return None if is_whole else "no_money"


def _fault_of_result(row: Row) -> str | None:
    if not row["result_type"] or not row["result_title"]:
        return "no_result_type"
    if not row["result_indicator"] or not row["measure"]:
        return "no_measure"
    if row["start_on"] is None or row["end_on"] is None:
        return "no_period"
    return "other_dimensions" if dimensions_of(row) is None else None


def dimensions_of(row: Row) -> list[tuple[str, str]] | None:
    """(name, value) of a disaggregation such as `sex=female;age=18-25`; None where it is written in another way."""
    parts = [part.strip() for part in str(row["disaggregation"] or "").split(";") if part.strip()]
    pairs = [part.partition("=") for part in parts]
    return [(name, value) for name, _, value in pairs] if all(name and sign for name, sign, _ in pairs) else None


_PARTS: Mapping[str, tuple[str, Callable[[Row], str | None]]] = {
    PARTICIPATION: ("role, org_id, org_name, fact_id", _fault_of_participation),
    TRANSACTION: ("transaction_on, reference, fact_id", _fault_of_transaction),
    RESULT: ("result_type, result_title, result_indicator, start_on, end_on, fact_id", _fault_of_result),
}
"""Tables of what belongs to an activity: the order of their rows in it, and what keeps a row from being expressed."""
