"""How sure a figure is, in words: which part of its error is stated, estimated or assumed, and what is assumed."""

from __future__ import annotations

from idtracker.analyse.index.aggregate import ERROR_SHARES
from idtracker.explain.tables import KnownTables, Row
from idtracker.model.method import AssumedErrors, Method

_KINDS = {
    "event": "events",
    "survey": "survey answers",
    "ordinal": "ranks",
    "percent": "figures in per cent",
    "other": "other figures",
}
_SHARES = {
    "STATED": "an error stated by reports",
    "ESTIMATED": "one estimated from the disagreement, calibration or history of its reports",
    "ASSUMED": "one assumed by the method",
}


def certainty_of_score(row: Row, method: Method, is_whole: bool) -> list[str]:
    """The interval of a score, and by weight what the errors behind it rest on; of the `is_whole` one in full sentences."""
    if row["low"] is None:
        return ["no stated error"]
    interval = f"{method.interval_level:.0%} interval {row['low']:.2f} to {row['high']:.2f}"
    shares = {basis: row.get(name) or 0.0 for basis, name in ERROR_SHARES.items()}
    unknown = 1 - sum(shares.values())
    if not is_whole:
        told = {basis.lower(): share for basis, share in shares.items()} | {"unknown": unknown}
        return [interval, "errors " + ", ".join(f"{_share(s)} {basis}" for basis, s in told.items() if _is_some(s))]
    words = [f"{_share(share)} has {_SHARES[basis]}" for basis, share in shares.items() if _is_some(share)]
    if _is_some(unknown):
        words.append(f"{_share(unknown)} has no known error and counts as exact")
    said = [interval, f"of its weight {', '.join(words)}; all are taken to be independent of one another"]
    if _is_some(shares["ASSUMED"]) and method.uncertainty is not None:
        said.append(_assumption(method.method_version, method.uncertainty.assumed))
    return said


def certainty_of_cell(known: KnownTables, indicator: Row, cell: Row) -> list[str]:
    """The error of a value and what it rests on; nothing where it has none."""
    if cell.get("error_basis") is None or cell["score_error"] is None:
        return []
    basis = known.label("error_basis", cell["error_basis"])
    words = f"standard error {cell['score_error']:.2f} points, {basis[:1].lower()}{basis[1:]}"
    rule = known.method.uncertainty
    if cell["method"] == "PLACE_SHARE":
        return [f"standard error {cell['score_error']:.2f} points, with what the declared share states"]
    if cell["error_basis"] != "ASSUMED" or rule is None:
        return [words]
    kind = AssumedErrors.kind_of(indicator["derived_from"], indicator["scale"], indicator["unit"])
    carried = f", {rule.assumed.drift:g} for each quarter it is carried" if cell["is_carried"] else ""
    return [f"{words} ({getattr(rule.assumed, kind):g} for {_KINDS[kind]} of unknown error{carried})"]


def _assumption(version: str, assumed: AssumedErrors) -> str:
    figures = [f"{getattr(assumed, kind):g} for {words}" for kind, words in _KINDS.items()]
    return (
        f"{version} assumes, in points of standard error, {', '.join(figures)}, "
        f"and {assumed.drift:g} for each quarter a value is carried"
    )


def _share(share: float) -> str:
    return f"{share:.0%}"


def _is_some(share: float) -> bool:
    return round(share, 2) > 0
