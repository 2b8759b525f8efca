"""A round, or an index on a file, under other errors and choices: what `method uncertainty` does."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from idtracker.model.composite.definition import Index
from idtracker.model.errors import NotPublishedError, UsageError
from idtracker.model.home import Home
from idtracker.operate.documents.methods.uncertainty import InputShare, MethodUncertainty, OneChange, UncertainScore
from idtracker.operate.services.methods.computed import finding_of
from idtracker.operate.services.methods.known import Known, index_of, load_known

if TYPE_CHECKING:
    import pandas as pd

    from idtracker.analyse.sensitivity.derive import Round

FILE_LEVEL = 0.90
"""Level of the interval of an index file, which states none."""


def uncertain_round(home: Home, known: Known | None, period: str | None, draws: int) -> MethodUncertainty:
    """A published quarter under the headline; UsageError for a method that does not make the scores."""
    from idtracker.analyse.sensitivity.derive import round_of
    from idtracker.publish.tracker import open_snapshot
    from idtracker.store.published_methods import published_methods

    named = None if known is None else load_known(known)
    hint = f" {named.title} can be computed on a file: name it with --data." if isinstance(named, Index) else ""
    try:
        published = open_snapshot(home)
    except NotPublishedError as problem:
        raise type(problem)(f"{problem}{hint}") from problem
    with published as connection:
        methods = published_methods(connection)
        headline = methods.headline
        if named is not None and named.method_version != headline.version:
            raise UsageError(f"The scores are made by {headline.version}, not by {named.method_version}.{hint}")
        found = round_of(connection, period, draws)
    return document_of(found, headline.version, headline.root, draws, methods.merging.interval_level)


def uncertain_file(known: Known, content: bytes, data: str, period: str | None, draws: int) -> MethodUncertainty:
    """An index on the units of a file; UsageError with a quarter, which a file does not have."""
    from idtracker.analyse.sensitivity.derive import worked_out_of_file
    from idtracker.operate.services.methods.computed import read_table, with_units

    index = index_of(known)
    if period is not None:
        raise UsageError("--period names a quarter of the tracker; with --data the file says what is computed.")
    table = read_table(content, data)
    found = worked_out_of_file(index, with_units(index, table), draws)
    return document_of(found, index.method_version, index.hierarchy.root.code, draws, FILE_LEVEL)


def document_of(found: Round | None, version: str, root: str, draws: int, level: float) -> MethodUncertainty:
    """The root of a round as a document."""
    if found is None:
        return MethodUncertainty(
            method_version=version, period=None, root=None, draws=draws, interval_level=level, varied=[], not_varied={},
            places=[], inputs=[], changes=[], findings=[],
        )  # fmt: skip
    at_root = {name: frame[frame["node_code"] == root] for name, frame in found.frames.items()}
    scores, sensitivity = at_root["score_uncertainty"], at_root["sensitivity"]
    varied = scores["varied"].dropna().unique().tolist()
    ranks, bands = (_shares(at_root[t], c) for t, c in (("rank_acceptability", "rank"), ("band_probability", "band")))
    return MethodUncertainty(
        method_version=version, period=found.period or None, root=root, draws=draws, interval_level=level,
        varied=varied[0].split(";") if varied else [], not_varied=found.not_varied,
        places=[_place(row, ranks, bands) for row in scores.to_dict("records")],
        inputs=_inputs(sensitivity), changes=_changes(sensitivity), findings=[finding_of(f) for f in found.findings],
    )  # fmt: skip


def _shares(frame: pd.DataFrame, column: str) -> dict[str, dict[str, float]]:
    found: dict[str, dict[str, float]] = {}
    for place, name, share in zip(frame["place_id"], frame[column], frame["share"], strict=True):
        found.setdefault(str(place), {})[str(name)] = float(share)
    return found


def _place(
    row: Mapping[Any, object], ranks: Mapping[str, dict[str, float]], bands: Mapping[str, dict[str, float]]
) -> UncertainScore:
    named = ("score", "low", "median", "high", "rank", "rank_low", "rank_high", "change", "change_probability")
    place = str(row["place_id"])
    figures: dict[str, Any] = {name: _number(row[name]) for name in named}
    return UncertainScore(
        place=place, ranks=ranks.get(place, {}), bands=bands.get(place, {}),
        undefined_draws=int(_number(row["undefined_draws"]) or 0), **figures,
    )  # fmt: skip


def _inputs(sensitivity: pd.DataFrame) -> list[InputShare]:
    rows = sensitivity[sensitivity["analysis"] == "VARIANCE"]
    medians = rows.groupby(["output", "subject"], sort=False)[["first_order", "total_order"]].median()
    found = [
        InputShare(output=str(output), input=str(name), first_order=_number(first), total_order=_number(total))
        for (output, name), first, total in medians.itertuples()
    ]
    return sorted(found, key=lambda share: (share.output != "SCORE", -(share.total_order or 0.0)))


def _changes(sensitivity: pd.DataFrame) -> list[OneChange]:
    rows = sensitivity[sensitivity["difference"].notna()]
    largest: dict[tuple[str, str], dict[str, float]] = {}
    for analysis, subject, output, difference in zip(
        rows["analysis"], rows["subject"], rows["output"], rows["difference"], strict=True
    ):
        own = largest.setdefault((str(analysis), str(subject)), {})
        if abs(difference) >= abs(own.get(output, 0.0)):
            own[output] = float(difference)
    found = [
        OneChange(analysis=analysis, subject=subject, score=own.get("SCORE"), rank=own.get("RANK"))
        for (analysis, subject), own in largest.items()
    ]
    return sorted(found, key=lambda change: -abs(change.score or 0.0))


def _number(value: object) -> float | None:
    import pandas as pd

    return None if pd.isna(value) else float(value)  # type: ignore[call-overload, arg-type]
