"""What reviewed decisions make of identifiers: entities, and the same tables with each entity under one identifier.

Facts stay as reported. Only what is derived from them reads the united tables, so that a decision undone leaves no trace.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import get_args

import pandas as pd

from idtracker.model.register.connected_components import connected_components
from idtracker.model.register.match_decisions import Matches
from idtracker.model.register.match_kind import MatchKind
from idtracker.model.tables import TABLES, columns_of

COLUMNS = ["kind", "entity_id", "member_id", "decided_by", "decided_on"]
PROVISIONAL = "XX-LOCAL-"
_SEVERAL = ";"
Frames = Mapping[str, pd.DataFrame]


def entity_table(matches: Matches, registered: Collection[str]) -> pd.DataFrame:
    """One row per member of an entity: kind, entity_id, member_id, and who decided that it belongs to it, and when.

    An entity is what pairs judged the same join. It goes by the identifier of the register, one that is not provisional
    first, else by the smallest. The entity's own identifier is a member too.
    """
    rows = []
    known = set(registered)
    for kind in get_args(MatchKind):
        same = matches.same(kind)
        groups: dict[str, list[str]] = {}
        for member, group in connected_components((m.left_id, m.right_id) for m in same).items():
            groups.setdefault(group, []).append(member)
        for members in groups.values():
            chosen = min(
                members, key=lambda m: (kind == "organisation" and m not in known, m.startswith(PROVISIONAL), m)
            )
            for member in sorted(members):
                last = max((m for m in same if member in (m.left_id, m.right_id)), key=lambda m: (m.decided_on, m.pair))
                rows.append((kind, chosen, member, last.decided_by, pd.Timestamp(last.decided_on)))
    frame = pd.DataFrame(sorted(rows), columns=COLUMNS)
    texts = frame[COLUMNS[:4]].astype("str")
    return texts.assign(decided_on=pd.to_datetime(frame["decided_on"]).astype("datetime64[ns]"))


def apply_entity_columns(
    frames: Frames,
    entity: pd.DataFrame | None,
    organisation_columns: Mapping[str, Sequence[str]],
    activity_columns: Mapping[str, Sequence[str]],
) -> dict[str, pd.DataFrame]:
    """The frames with every member's identifier replaced by its entity's; the frames given are not touched.

    Columns whose name ends in `_ids` hold several identifiers, `;` between. A row that may be released to its originator
    alone keeps its originator, since a marking is never rewritten. In the register only the entity's own rows stay. Money
    and people of an activity that several of its identifiers state are kept for one of them.
    """
    organisations, activities = _replacements(entity, "organisation"), _replacements(entity, "activity")
    if not organisations and not activities:
        return dict(frames)
    frames_mapped = {}
    for name, frame in frames.items():
        changed = _stated_once(name, frame, activities)
        for column in organisation_columns.get(name, ()):
            changed = _replaced(changed, column, organisations)
        for column in activity_columns.get(name, ()):
            changed = _replaced(changed, column, activities)
        frames_mapped[name] = changed
    if "organisation" in frames_mapped:
        register = frames_mapped["organisation"]
        frames_mapped["organisation"] = register[~register["org_id"].isin(list(organisations))]
    return frames_mapped


def _replacements(entity: pd.DataFrame | None, kind: MatchKind) -> dict[str, str]:
    """Member -> entity, for members that go by another identifier."""
    if entity is None or entity.empty:
        return {}
    own = entity[(entity["kind"] == kind) & (entity["entity_id"] != entity["member_id"])]
    return dict(zip(own["member_id"], own["entity_id"], strict=True))


def _replaced(frame: pd.DataFrame, column: str, replacements: Mapping[str, str]) -> pd.DataFrame:
    if column not in frame or not replacements:
        return frame
    values = frame[column]
    if column.endswith("_ids"):
        changed = values.map(lambda text: _union_of_list(text, replacements), na_action="ignore").astype(values.dtype)
        return frame.assign(**{column: changed})
    is_member = values.isin(list(replacements))
    if column == "originator_org_id" and "releasable_to" in frame:
        is_member &= ~(frame["releasable_to"] == values).fillna(False).astype(bool)
    if not is_member.any():
        return frame
    return frame.assign(**{column: values.where(~is_member, values.map(replacements)).astype(values.dtype)})


def _union_of_list(text: str, replacements: Mapping[str, str]) -> str:
    return _SEVERAL.join(sorted({replacements.get(one, one) for one in text.split(_SEVERAL)}))


def _stated_once(name: str, frame: pd.DataFrame, activities: Mapping[str, str]) -> pd.DataFrame:
    """Amounts of an activity from one of its identifiers: the entity's own where it states any, else the smallest that does."""
    columns = [spec.name for spec in columns_of(TABLES[name]) if spec.count_once] if name in TABLES else []
    if not columns or not activities or frame.empty:
        return frame
    is_named = frame["activity_id"].isin([*activities, *activities.values()])
    if not is_named.any():
        return frame
    for column in columns:
        stated = frame.loc[is_named & frame[column].notna(), "activity_id"]
        first: dict[str, str] = {}
        for member in sorted(stated.unique(), key=lambda m: (m in activities, m)):
            first.setdefault(activities.get(member, member), member)
        spare = set(stated.unique()) - set(first.values())
        if spare:
            frame = frame.assign(**{column: frame[column].mask(frame["activity_id"].isin(list(spare)))})
    return frame
