"""Which organisation an identifier stands for on a day: mergers followed, attributes as they were then."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd


class Traits(NamedTuple):
    """What an organisation is on a day; one that the register does not know is neither HMG nor external."""

    is_known: bool
    is_current: bool
    is_hmg: bool
    is_department: bool
    is_external: bool
    is_traditional: bool
    group_code: str | None
    department: str


ATTRIBUTES = [*Traits._fields]
_TYPES = {name: "bool" if name.startswith("is_") else "str" for name in ATTRIBUTES}


class Organisations:
    """The organisation table, read for one day at a time."""

    def __init__(self, frame: pd.DataFrame) -> None:
        self._frame = frame.sort_values(["org_id", "valid_from"], kind="stable", na_position="first")
        last = self._frame.groupby("org_id", sort=True).tail(1)
        self._followed = last[last["successor_org_id"].notna()]
        self._successors: dict[bytes, dict[str, str]] = {}
        self._readings: dict[pd.Timestamp, tuple[bytes, bytes]] = {}
        self._traits: dict[bytes, dict[str, Traits]] = {}

    def identify(self, ids: pd.Series, day: pd.Timestamp) -> pd.Series:
        """Each identifier, or its successor where the organisation ended before the day; missing stays missing."""
        successors = self.successors(day)
        if not successors:
            return ids
        if not ids.isin(list(successors)).any():
            return ids
        return ids.map(successors).astype("str").fillna(ids)

    def successors(self, day: pd.Timestamp) -> dict[str, str]:
        """The organisations that ended before the day and have a successor, with the one that stands for them."""
        has_ended = self._ended(day)
        key = has_ended.tobytes()  # the same on every day between two mergers
        if key not in self._successors:
            ended = self._followed[has_ended]
            steps = dict(zip(ended["org_id"].tolist(), ended["successor_org_id"].tolist(), strict=True))
            self._successors[key] = {org: _follow(org, steps) for org in steps}
        return self._successors[key]

    def reading(self, day: pd.Timestamp) -> tuple[bytes, bytes]:
        """The same for all days on which identify() and describe() give the same."""
        if day not in self._readings:
            has_begun, has_ended = self._validity(day)
            self._readings[day] = self._ended(day).tobytes(), has_begun.tobytes() + has_ended.tobytes()
        return self._readings[day]

    def traits(self, day: pd.Timestamp) -> dict[str, Traits]:
        """What every organisation is, from the row valid on the day (else the nearest before, else the first)."""
        has_begun, has_ended = self._validity(day)
        key = has_begun.tobytes() + has_ended.tobytes()
        if key not in self._traits:
            self._traits[key] = self._read_traits(has_begun, ~has_ended)
        return self._traits[key]

    def describe(self, ids: pd.Series, day: pd.Timestamp) -> pd.DataFrame:
        """ATTRIBUTES of each identifier on the index of `ids`."""
        known = self.traits(day)
        described = [known[org] if org in known else unknown(org) for org in ids.tolist()]
        return pd.DataFrame(described, index=ids.index, columns=ATTRIBUTES).astype(_TYPES)

    def _ended(self, day: pd.Timestamp) -> npt.NDArray[np.bool_]:
        """Which of those that have a successor have ended before the day."""
        return np.asarray(self._followed["valid_to"].to_numpy() < day.to_datetime64(), dtype=bool)

    def _validity(self, day: pd.Timestamp) -> tuple[npt.NDArray[np.bool_], npt.NDArray[np.bool_]]:
        """Which rows of the register have begun by the day, and which ended before it."""
        has_begun = ~(self._frame["valid_from"].to_numpy() > day.to_datetime64())
        has_ended = self._frame["valid_to"].to_numpy() < day.to_datetime64()
        return has_begun, has_ended

    def _read_traits(self, has_begun: npt.NDArray[np.bool_], is_current: npt.NDArray[np.bool_]) -> dict[str, Traits]:
        every = self._frame.assign(is_current=is_current)
        chosen = pd.concat([every.groupby("org_id").head(1), every[has_begun]]).drop_duplicates("org_id", keep="last")
        rows = chosen.sort_values("org_id").astype("object")
        table = {str(row["org_id"]): row for row in rows.where(rows.notna(), None).to_dict("records")}
        return {org: _traits_of(org, table) for org in table}


def unknown(org: str) -> Traits:
    """What an organisation is that the register does not know: it stands for itself."""
    return Traits(False, False, False, False, False, False, None, org)


def _follow(org: str, steps: dict[str, str]) -> str:
    """The end of the chain of successors; a circle stops where it closes."""
    met = {org}
    while org in steps and steps[org] not in met:
        org = steps[org]
        met.add(org)
    return org


def _traits_of(org: str, table: Mapping[str, Mapping[Hashable, Any]]) -> Traits:
    row = table[org]
    is_hmg = bool(row["is_hmg"])
    return Traits(
        is_known=True,
        is_current=bool(row["is_current"]),
        is_hmg=is_hmg,
        is_department=_is_department(row),
        is_external=not is_hmg,
        is_traditional=bool(row["is_traditional"]),
        group_code=row["group_code"],
        department=_department(org, table),
    )


def _is_department(row: Mapping[Hashable, Any]) -> bool:
    return bool(row["is_hmg"]) and row["group_code"] == "HMG_DEPT"


def _department(org: str, table: Mapping[str, Mapping[Hashable, Any]]) -> str:
    """The department that an organisation of HMG belongs to; any other organisation, and one without, stands for itself."""
    at, met = org, {org}
    while table[at]["is_hmg"] and not _is_department(table[at]):
        parent = table[at]["parent_org_id"]
        if parent is None or parent in met or parent not in table:
            return org
        at = parent
        met.add(at)
    return at if table[at]["is_hmg"] else org
