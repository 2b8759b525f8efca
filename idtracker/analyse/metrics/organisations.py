"""Which organisation an identifier stands for on a day: mergers followed, attributes as they were then."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

ATTRIBUTES = [
    "is_known",
    "is_current",
    "is_hmg",
    "is_department",
    "is_external",
    "is_traditional",
    "group_code",
    "department",
]
_YES_OR_NO = ATTRIBUTES[:6]


class Organisations:
    """The organisation table, read for one day at a time."""

    def __init__(self, frame: pd.DataFrame) -> None:
        self._frame = frame.sort_values(["org_id", "valid_from"], kind="stable", na_position="first")
        last = self._frame.groupby("org_id", sort=True).tail(1)
        self._followed = last[last["successor_org_id"].notna()]
        self._successors: dict[bytes, dict[str, str]] = {}
        self._readings: dict[pd.Timestamp, tuple[bytes, bytes]] = {}
        self._profiles: dict[bytes, pd.DataFrame] = {}

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

    def profile(self, day: pd.Timestamp) -> pd.DataFrame:
        """One row per organisation, ATTRIBUTES by org_id, from the row valid on the day (else the nearest before, else the first)."""
        has_begun, has_ended = self._validity(day)
        key = has_begun.tobytes() + has_ended.tobytes()
        if key not in self._profiles:
            self._profiles[key] = self._read_profile(has_begun, ~has_ended)
        return self._profiles[key]

    def describe(self, ids: pd.Series, day: pd.Timestamp) -> pd.DataFrame:
        """ATTRIBUTES of each identifier on the index of `ids`; an unknown organisation is neither HMG nor external."""
        profile = self.profile(day)
        place_of = {org: place for place, org in enumerate(profile.index.tolist())}
        places = np.array([place_of.get(org, -1) for org in ids.tolist()], dtype=np.intp)
        attributes: dict[str, Any] = {}
        for name in ATTRIBUTES:
            column = profile[name].array
            if name in _YES_OR_NO:
                attributes[name] = np.append(column.to_numpy(dtype=bool), False)[places]
            else:
                attributes[name] = column.take(places, allow_fill=True)
        described = pd.DataFrame(attributes, index=ids.index)
        described["department"] = described["department"].fillna(ids)
        return described

    def _ended(self, day: pd.Timestamp) -> npt.NDArray[np.bool_]:
        """Which of those that have a successor have ended before the day."""
        return np.asarray(self._followed["valid_to"].to_numpy() < day.to_datetime64(), dtype=bool)

    def _validity(self, day: pd.Timestamp) -> tuple[npt.NDArray[np.bool_], npt.NDArray[np.bool_]]:
        """Which rows of the register have begun by the day, and which ended before it."""
        has_begun = ~(self._frame["valid_from"].to_numpy() > day.to_datetime64())
        has_ended = self._frame["valid_to"].to_numpy() < day.to_datetime64()
        return has_begun, has_ended

    def _read_profile(self, has_begun: npt.NDArray[np.bool_], is_current: npt.NDArray[np.bool_]) -> pd.DataFrame:
        every = self._frame.assign(is_current=is_current)
        chosen = pd.concat([every.groupby("org_id").head(1), every[has_begun]]).drop_duplicates("org_id", keep="last")
        table = chosen.sort_values("org_id").set_index("org_id")
        is_hmg = table["is_hmg"].fillna(False).astype(bool)
        profile = pd.DataFrame(
            {
                "is_known": True,
                "is_current": table["is_current"],
                "is_hmg": is_hmg,
                "is_department": is_hmg & (table["group_code"] == "HMG_DEPT"),
                "is_external": ~is_hmg,
                "is_traditional": table["is_traditional"].fillna(False).astype(bool),
                "group_code": table["group_code"],
            },
            index=table.index,
        )
        profile["department"] = [_department(org, table, profile) for org in profile.index]
        return profile.reindex(columns=ATTRIBUTES)


def _follow(org: str, steps: dict[str, str]) -> str:
    """The end of the chain of successors; a circle stops where it closes."""
    met = {org}
    while org in steps and steps[org] not in met:
        org = steps[org]
        met.add(org)
    return org


def _department(org: str, table: pd.DataFrame, profile: pd.DataFrame) -> str:
    """The department that an organisation of HMG belongs to; any other organisation, and one without, stands for itself."""
    at, met = org, {org}
    while profile.at[at, "is_hmg"] and not profile.at[at, "is_department"]:
        parent = table.at[at, "parent_org_id"]
        if not isinstance(parent, str) or parent in met or parent not in profile.index:
            return org
        at = parent
        met.add(at)
    return at if profile.at[at, "is_hmg"] else org
