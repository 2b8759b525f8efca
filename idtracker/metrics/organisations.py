"""Which organisation an identifier stands for on a day: mergers followed, attributes as they were then."""

from __future__ import annotations

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


class Organisations:
    """The organisation table, read for one day at a time."""

    def __init__(self, frame: pd.DataFrame) -> None:
        self._frame = frame.sort_values(["org_id", "valid_from"], kind="stable", na_position="first")
        self._successors: dict[pd.Timestamp, dict[str, str]] = {}
        self._profiles: dict[pd.Timestamp, pd.DataFrame] = {}

    def identify(self, ids: pd.Series, day: pd.Timestamp) -> pd.Series:
        """Each identifier, or its successor where the organisation ended before the day; missing stays missing."""
        successors = self.successors(day)
        if not successors:
            return ids
        return ids.map(successors).astype("str").where(ids.isin(list(successors)), ids)

    def successors(self, day: pd.Timestamp) -> dict[str, str]:
        """The organisations that ended before the day and have a successor, with the one that stands for them."""
        if day not in self._successors:
            last = self._frame.groupby("org_id", sort=True).tail(1)
            ended = last[(last["valid_to"] < day) & last["successor_org_id"].notna()]
            steps = dict(zip(ended["org_id"].tolist(), ended["successor_org_id"].tolist(), strict=True))
            self._successors[day] = {org: _follow(org, steps) for org in steps}
        return self._successors[day]

    def profile(self, day: pd.Timestamp) -> pd.DataFrame:
        """One row per organisation, ATTRIBUTES by org_id, from the row valid on the day (else the nearest before, else the first)."""
        if day not in self._profiles:
            self._profiles[day] = self._read_profile(day)
        return self._profiles[day]

    def describe(self, ids: pd.Series, day: pd.Timestamp) -> pd.DataFrame:
        """ATTRIBUTES of each identifier on the index of `ids`; an unknown organisation is neither HMG nor external."""
        found = self.profile(day).reindex(ids.to_numpy())
        found.index = ids.index
        for name in ATTRIBUTES[:6]:
            found[name] = found[name].eq(True)
        found["department"] = found["department"].fillna(ids)
        return found

    def _read_profile(self, day: pd.Timestamp) -> pd.DataFrame:
        begun = self._frame[self._frame["valid_from"].isna() | (self._frame["valid_from"] <= day)]
        chosen = pd.concat([self._frame.groupby("org_id").head(1), begun]).drop_duplicates("org_id", keep="last")
        table = chosen.sort_values("org_id").set_index("org_id")
        is_hmg = table["is_hmg"].fillna(False).astype(bool)
        profile = pd.DataFrame(
            {
                "is_known": True,
                "is_current": table["valid_to"].isna() | (table["valid_to"] >= day),
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
