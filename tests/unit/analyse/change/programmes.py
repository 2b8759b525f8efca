"""Small programmes for decomposing: sides of a change, made by hand or by hypothesis."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import strategies as st

from idtracker.analyse.change.cells import Cell, Scale
from idtracker.analyse.change.decompose import Expected, Side
from idtracker.analyse.change.game import Game, State
from idtracker.analyse.change.levels import _Whole
from idtracker.model.method import Method, load_method

METHOD = load_method()
SCALE = Scale(0.0, 100.0, 1)
DIMENSIONS = sorted(METHOD.dimensions)


def cell(
    value: float, *, org: str = "UN", carried: bool = False, origin: str = "2026-Q2", made: str = "SINGLE"
) -> Cell:
    return Cell(value, min(max(value, 0.0), 100.0), made, carried, origin, {org: (value, 1.0)})


def national(values: dict[str, float], shares: dict[str, float], origin: str = "2026-Q2") -> Cell:
    parts = {g: cell(v, org=f"ORG-{g}", origin=origin) for g, v in values.items()}
    total = sum(shares[g] for g in values)
    mean = sum(shares[g] * v for g, v in values.items()) / total
    return Cell(mean, mean, "NATIONAL_MEAN", False, origin, {}, parts)


def side(cells: dict[str, Cell], *, method: Method = METHOD, expected: dict[str, Expected] | None = None,
         shares: dict[str, float] | None = None, node: str | None = None) -> Side:  # fmt: skip
    """A side with the score that follows from its cells; indicators are named by their dimension, such as BSF1-a."""
    expected = {i: Expected(i[:4], 1.0, SCALE) for i in cells} if expected is None else expected
    made = Side(0.0, method, expected, cells, shares or {})
    return replace(made, score=score_of(made, node or method.root))


def score_of(made: Side, node: str) -> float | None:
    """The score by the tracker's own aggregation (idtracker.analyse.index.aggregate), not by the game's."""
    import numpy as np
    import pandas as pd

    from idtracker.analyse.index.aggregate import ERROR_SHARES, aggregate

    rows = []
    for code, entry in made.expected.items():
        own = made.cells.get(code)
        score = np.nan if own is None else own.score
        rows.append((entry.dimension, code, entry.weight, score))
    items = pd.DataFrame(rows, columns=["code", "child", "weight", "score"])
    extra = dict.fromkeys(["error", *ERROR_SHARES.values(), "carried_share"], 0.0)
    codes = sorted(set(items["code"]))
    items = items.assign(node=items["code"].map(codes.index), **extra)
    within = aggregate(items, made.method.within, made.method)
    if node != made.method.root:
        value = within["score"].iloc[codes.index(node)]
    else:
        weights = [made.method.dimensions[c].weight for c in codes]
        up = pd.DataFrame({"node": 0, "child": codes, "weight": weights, "score": within["score"].to_numpy(), **extra})
        value = aggregate(up, made.method.across, made.method)["score"].iloc[0]
    return None if pd.isna(value) else float(value)


def whole_value(game: Game) -> tuple[float, float]:
    """The game's value of nothing and of everything."""
    value = _Whole(game).value
    return float(value[0]), float(value[-1])


def state(position: float | None, weight: float = 1.0, *, expected: bool = True) -> State:
    return State(weight, expected, position)


_VALUES = st.one_of(st.none(), st.floats(-20, 120, allow_nan=False))


@st.composite
def sides(draw: st.DrawFn) -> tuple[Side, Side]:
    """Two sides of one programme: values, reports, weights, goalposts, carrying and the method may all differ."""
    names = [f"{d}-{n}" for d in DIMENSIONS[: draw(st.integers(1, 4))] for n in range(draw(st.integers(1, 4)))]
    pair = []
    for _ in range(2):
        cells, expected = {}, {}
        for name in names:
            if draw(st.integers(0, 9)) > 0:
                scale = Scale(0.0, 100.0, 1) if draw(st.booleans()) else Scale(-10.0, 140.0, -1)
                expected[name] = Expected(name[:4], draw(st.sampled_from([1.0, 1.0, 2.0])), scale)
                value = draw(_VALUES)
                if value is not None:
                    cells[name] = _merged(draw, value, scale)
        across = draw(st.sampled_from(["geometric", "geometric", "arithmetic"]))
        pair.append(side(cells, expected=expected, method=METHOD.model_copy(update={"across": across})) if expected
                    else Side(None, METHOD, {}, {}, {}))  # fmt: skip
    return pair[0], pair[1]


def _merged(draw: st.DrawFn, value: float, scale: Scale) -> Cell:
    orgs = draw(st.lists(st.sampled_from(["A", "B", "C"]), min_size=1, max_size=3, unique=True))
    reports = {org: (value + n - (len(orgs) - 1) / 2, 1 / len(orgs)) for n, org in enumerate(orgs)}
    score = min(max(scale.position(value), 0.0), 100.0)
    return Cell(
        value, score, "WEIGHTED_MEAN", draw(st.booleans()), draw(st.sampled_from(["2026-Q1", "2026-Q2"])), reports
    )
