"""What each missing report would tell, from frames: intervals and coverage of the nodes that its cells count in, now and with it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from idtracker.analyse.history.reached import is_wide
from idtracker.analyse.index.across.units import country_of, with_panel
from idtracker.analyse.index.scoring import nodes_above, scored_states
from idtracker.analyse.missing.again import cells_again
from idtracker.analyse.missing.carried import CELL
from idtracker.analyse.missing.declared import of_present_places, without_translated_errors
from idtracker.analyse.missing.others import gains, through_others
from idtracker.analyse.missing.usual import usual_cells
from idtracker.model.composite.definition import Index
from idtracker.model.marking import Marking, marking_of
from idtracker.model.method import KNOWING_NOTHING
from idtracker.model.methods.chosen import Methods
from idtracker.model.periods import quarter_code, quarter_number

_NODE = ["place_id", "period", "node_code"]
_OVERRIDDEN = ["value", "score", "standard_error", "score_error", "error_basis", "is_carried"]
_NUMBERS = ["score", "width", "width_unknown", "width_with", "narrowing", "completeness", "completeness_with"]
_OF_CELLS = ["cells_count", "indicator_ids", "reported_count", "of_count", "error_basis"]
_OWED = ["source_id", "org_id", "report_period", "state"]
COLUMNS = [
    *(*_OWED, "estimate", *_NODE, *_NUMBERS, *_OF_CELLS, "method_version", "classification", "releasable_to"),
]


@dataclass(frozen=True, slots=True)
class Known:
    """What is known now. `cells` are merged cells with `quarter` and `origin` as numbers, all of them from the quarters of old reports on.

    `owed` has number (one for all reports of a source about the same quarters), _OWED, first and last (quarters as numbers) and the marking of the obligation; `reports` is usual.source_reports().
    """

    owed: pd.DataFrame
    reports: pd.DataFrame
    cells: pd.DataFrame
    scores: pd.DataFrame
    indicator: pd.DataFrame
    place: pd.DataFrame
    methods: Methods


def missing_rows(known: Known) -> pd.DataFrame:
    """Rows of the table `missing_report`: one for each node of the last two quarters whose interval or coverage a report would change.

    A report that would change nothing, or of which nothing can be said, has one row that says why in `estimate`.
    """
    scores = known.scores
    quarters = sorted(scores["period"].unique())[-2:]
    if known.owed.empty or not quarters:
        version = known.methods.headline.version
        return known.owed.assign(estimate="NO_SCORE_YET", method_version=version).reindex(columns=COLUMNS)
    own = known.cells[~known.cells["is_carried"]]
    distinct = known.owed.drop_duplicates("number", ignore_index=True)
    usual, has_history = usual_cells(distinct, known.reports, own)
    numbers = [quarter_number(code) for code in quarters]
    again = cells_again(distinct, usual, known.cells, (known.indicator, known.place), known.methods.merging, numbers)
    again = without_translated_errors(of_present_places(again, known.place), known.cells, known.place)
    again = again.assign(period=again["quarter"].map(quarter_code))
    above = nodes_above(known.methods.headline, known.indicator)
    counted = again[again["indicator_id"].isin(list(above))]
    estimated = _estimated(counted, above, known) if len(counted) else pd.DataFrame(columns=["number", *COLUMNS])
    unestimated = _unestimated(known, usual, has_history, set(estimated["number"]), above, numbers[-1])
    parts = [frame.reindex(columns=COLUMNS) for frame in (estimated, unestimated) if len(frame)]
    return pd.concat(parts).sort_values([*_OWED[:3], *_NODE], ignore_index=True, na_position="first")


def _estimated(counted: pd.DataFrame, above: Mapping[str, Sequence[str]], known: Known) -> pd.DataFrame:
    """One row for each report and node that it would change."""
    nodes = _of_nodes(counted, above, known.place)
    if is_wide(known.methods.headline.definition):
        nodes = pd.concat([nodes, through_others(nodes, known.place, known.scores)], ignore_index=True)
    rows = nodes.merge(_with_reports(counted, nodes, known), on=["number", *_NODE])
    rows = rows.merge(_now(known.scores), on=_NODE).merge(known.owed[["number", *_OWED]], on="number")
    rows = rows[(rows["cells_count"] > 0) | gains(rows)].reset_index(drop=True)
    is_known = rows["is_known"]
    width, wide = ((rows[f"high_{of}"] - rows[f"low_{of}"]).where(is_known) for of in ("with", "unknown"))
    wide = wide.where(rows["has_absent"] & ~_is_filled(known.methods, rows), rows["width"])
    rows = rows.assign(width_with=width, width_unknown=wide, narrowing=wide - width)
    rows = rows.assign(estimate=np.where(is_known, "ESTIMATED", "ERROR_UNKNOWN"))
    return _marked(rows, known.owed)


def _is_filled(methods: Methods, rows: pd.DataFrame) -> pd.Series:
    """Whether the interval as it is allows for what is missing: the method fills gaps, and there is a score."""
    index = methods.headline.definition
    fills = isinstance(index, Index) and any(
        (rule := index.rules_of(code).missing) is not None and rule.method != "none" for code in index.indicators
    )
    found: pd.Series = rows["width"].notna() & fills
    return found


def _now(scores: pd.DataFrame) -> pd.DataFrame:
    named = ["score", "completeness", "method_version", "classification", "releasable_to"]
    return scores[[*_NODE, *named]].assign(width=scores["high"] - scores["low"])


def _of_nodes(again: pd.DataFrame, above: Mapping[str, Sequence[str]], place: pd.DataFrame) -> pd.DataFrame:
    """What would be new below each node: cells, indicators, how often the source had them, the weakest basis, whether errors are known."""
    rows = again.assign(node_code=again["indicator_id"].map(above)).explode("node_code")
    weakness = {"STATED": 0, "ESTIMATED": 1, "ASSUMED": 2}
    rows = rows.assign(
        weakness=rows["error_basis"].map(weakness),
        is_known=rows["score_error"].notna() | rows["standard_error"].notna(),
    )
    groups = rows.groupby(["number", *_NODE], as_index=False)
    nodes = groups.agg(
        cells_count=("indicator_id", "size"),
        indicator_ids=("indicator_id", lambda names: ";".join(sorted(set(names)))),
        reported_count=("reported_count", "min"),
        of_count=("of_count", "max"),
        weakness=("weakness", "max"),
        is_known=("is_known", "all"),
        has_absent=("is_absent", "any"),
    )
    nodes = nodes.assign(error_basis=nodes["weakness"].map({n: name for name, n in weakness.items()}))
    return nodes.assign(country=nodes["place_id"].map(country_of(place)))


def _with_reports(again: pd.DataFrame, nodes: pd.DataFrame, known: Known) -> pd.DataFrame:
    """The scores of every place and quarter that a report would change: bounds and coverage with it, and the bounds while nothing is known of it."""
    pairs = nodes[["number", "place_id", "period"]].drop_duplicates(ignore_index=True)
    wanted = pairs.merge(pd.DataFrame({"variant": ["unknown", "with"]}), how="cross")
    marks = known.cells[[*CELL, "classification", "releasable_to", "waivers", "recorded_from"]]
    new = again[["number", *CELL, "period", *_OVERRIDDEN]].merge(marks, on=CELL, how="left")
    new["classification"] = new["classification"].fillna("OFFICIAL")
    there = _looked_at(pairs, known).merge(known.cells, on=["place_id", "period"])
    is_new = there[["number", *CELL]].merge(new[["number", *CELL]], how="left", indicator=True)["_merge"] == "both"
    absent = _as_unknown(new[again["is_absent"].to_numpy()], known.indicator)
    before = pd.concat([there, absent], ignore_index=True).assign(variant="unknown")
    after = pd.concat([there[~is_new.to_numpy()], new], ignore_index=True).assign(variant="with")
    methods, by = known.methods, ["number", "variant"]
    cells = pd.concat([before, after], ignore_index=True)
    scores = scored_states(
        cells, known.indicator, known.place, methods.headline, methods.merging, wanted, partition_by=by
    )
    bounds = scores.pivot(index=["number", *_NODE], columns="variant", values=["low", "high", "completeness"])
    bounds.columns = bounds.columns.map("_".join)
    return bounds.drop(columns="completeness_unknown").astype("float64").reset_index()


def _looked_at(pairs: pd.DataFrame, known: Known) -> pd.DataFrame:
    """The places and quarters whose cells decide about the scores of `pairs`, by number."""
    index = known.methods.headline.definition
    return with_panel(index, known.place, pairs, list(pairs.columns)) if isinstance(index, Index) else pairs


def _as_unknown(cells: pd.DataFrame, indicator: pd.DataFrame) -> pd.DataFrame:
    """Cells of which nothing is known but the scale: their errors are those of any value between the goalposts."""
    width = (indicator["goalpost_high"] - indicator["goalpost_low"]).abs()
    widths = cells["indicator_id"].map(dict(zip(indicator["indicator_id"], width, strict=True))).astype("float64")
    return cells.assign(
        standard_error=widths * KNOWING_NOTHING / 100, score_error=KNOWING_NOTHING, error_basis="ASSUMED"
    )


def _marked(rows: pd.DataFrame, owed: pd.DataFrame) -> pd.DataFrame:
    """The rows with the marking of their score and of the obligation together."""
    of_owed = dict(zip(owed["number"], _markings(owed), strict=True))
    pairs = zip(rows["number"], _markings(rows), strict=True)
    joined = [marking.with_other(of_owed[number]) for number, marking in pairs]
    columns = pd.DataFrame([marking.columns for marking in joined], index=rows.index, dtype="object")
    return rows.drop(columns=list(columns)).join(columns)


def _markings(rows: pd.DataFrame) -> list[Marking]:
    levels, groups = (
        [None if pd.isna(text) else str(text) for text in rows[name].tolist()]
        for name in ("classification", "releasable_to")
    )
    return [marking_of(level, group) for level, group in zip(levels, groups, strict=True)]


def _unestimated(
    known: Known,
    usual: pd.DataFrame,
    has_history: frozenset[int],
    estimated: set[int],
    above: Mapping[str, Sequence[str]],
    last: int,
) -> pd.DataFrame:
    """One row, with the reason, for each report that would change nothing or of which nothing can be said."""
    regular = set(usual["number"])
    counted = set(usual.loc[usual["indicator_id"].isin(list(above)), "number"])
    rows = known.owed[~known.owed["number"].isin(estimated)]
    reasons = [
        (rows["first"] > last, "NO_SCORE_YET"),
        (~rows["number"].isin(has_history), "NO_HISTORY"),
        (~rows["number"].isin(regular), "IRREGULAR"),
        (~rows["number"].isin(counted), "NOT_SCORED"),
    ]
    names = np.select([mask for mask, _ in reasons], [name for _, name in reasons], "NOTHING_CHANGES")
    version = known.methods.headline.version
    return rows.assign(estimate=names, method_version=version)
