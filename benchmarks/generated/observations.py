"""An invented table of observations: as many rows as are asked for, one in a hundred with a known mistake.

The same rows in every run. What grows with the rows is the number of places; indicators, organisations and, unless
asked for otherwise, quarters stay. Rows come in the order of their quarters, as reports do.
"""

from __future__ import annotations

import math

import numpy as np
import pandas as pd

from benchmarks.generated.spelling import (
    ARABIC,
    Texts,
    arabic_quarter,
    each,
    english_quarter,
    iso_quarter,
    pick,
    varied,
)

INDICATORS, QUARTERS, LAST_QUARTER = 40, 20, 18
"""Quarters are counted from 2022-Q1, which is 0; the last is 2026-Q3."""
ORGANISATIONS = (
    ("Ministry of Interior", "ministry of  interior"),
    ("Ministry of Planning and International Cooperation", "MINISTRY OF PLANNING AND INTERNATIONAL COOPERATION"),
    ("Horizon Bridges", "جسور الأفق"),
    ("Levant Event Observatory", "مرصـد احداث المشرق"),
    ("HM Treasury", "HMT"),
)
LATER_ORGANISATION = "Ministry of Local Administration"
MISTAKES = 9
_SEED = 20261129


def places_for(rows: int, quarters: int = QUARTERS) -> int:
    """As many places as hold so many rows, each of another indicator, place, quarter and organisation."""
    return max(1, math.ceil(rows / (INDICATORS * quarters * len(ORGANISATIONS))))


def observations(rows: int, quarters: int = QUARTERS) -> pd.DataFrame:
    """The table as text."""
    rng = np.random.default_rng(_SEED)
    places, organisations = places_for(rows, quarters), len(ORGANISATIONS)
    grid = np.sort(rng.permutation(INDICATORS * places * quarters * organisations)[:rows])
    rest, organisation = np.divmod(grid, organisations)
    rest, indicator = np.divmod(rest, INDICATORS)
    quarter, place = np.divmod(rest, places)
    frame = pd.DataFrame(
        {
            "Indicator": varied(rng, indicator, [indicator_id, indicator_name], [0.7, 0.3]),
            "Area": varied(rng, place, [place_name, place_id, place_name_ar], [0.7, 0.2, 0.1]),
            "Quarter": varied(
                rng,
                quarter + LAST_QUARTER + 1 - quarters,
                [iso_quarter, english_quarter, arabic_quarter],
                [0.8, 0.15, 0.05],
            ),
            "Organisation": varied(
                rng, organisation, [lambda n: ORGANISATIONS[n][0], lambda n: ORGANISATIONS[n][1]], [0.8, 0.2]
            ),
            "Value": figures(rng, rows),
            "Standard error": _errors(rng, rows),
            "Status": pick(rng, ["A", "A", "A", "P", "Provisional value", ""], rows),
            "Reliability": np.array(list("ABBCD"), dtype=object)[organisation],
            "Credibility": np.array(list("12233"), dtype=object)[organisation],
        }
    )
    return _with_mistakes(frame, rng)


def corrected(frame: pd.DataFrame, rows: int) -> pd.DataFrame:
    """The last so many sound rows with other figures: what a correction sends."""
    sound = frame[frame["Value"].str.fullmatch(r"[0-9.]+") & frame["Area"].ne("")].tail(rows)
    return sound.assign(Value=figures(np.random.default_rng(_SEED + 1), len(sound)))


def later_report(rows: int, more: int) -> pd.DataFrame:
    """A later file over a table of so many rows: half of it corrects its latest rows, half is new, of one more organisation."""
    places, old = places_for(rows), corrected(observations(rows), more // 2)
    new = [
        {
            **{"Indicator": indicator_id(n % INDICATORS), "Area": place_name(n // INDICATORS % places)},
            **{
                "Quarter": iso_quarter(LAST_QUARTER - n // (INDICATORS * places) % QUARTERS),
                "Organisation": LATER_ORGANISATION,
            },
            **{"Value": _tenths(n * 37 % 1000), "Standard error": "", "Status": "A"},
            **{"Reliability": "B", "Credibility": "2"},
        }
        for n in range(more - len(old))
    ]
    return pd.concat([old, pd.DataFrame(new)])


def mistakes(rows: int) -> int:
    """How many rows have each mistake."""
    return rows // (100 * MISTAKES)


def figures(rng: np.random.Generator, rows: int) -> Texts:
    """Values from 0 to 100 with one decimal, some in Arabic digits."""
    return varied(rng, rng.integers(0, 1000, rows), [_tenths, lambda n: _tenths(n).translate(ARABIC)], [0.95, 0.05])


def indicator_id(n: int) -> str:
    return f"I-{n:02d}"


def indicator_name(n: int) -> str:
    return f"Indicator number {n:02d}"


def place_id(n: int) -> str:
    return f"IS-X{n:04d}"


def place_name(n: int) -> str:
    return f"District {n:04d}"


def place_name_ar(n: int) -> str:
    return f"لواء {n:04d}"


def _errors(rng: np.random.Generator, rows: int) -> Texts:
    return np.where(rng.random(rows) < 0.5, each(rng.integers(5, 60, rows), _tenths), "").astype(object)


def _with_mistakes(frame: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """One mistake in each of the rows drawn for it; a row that repeats the key of the one before it is the last."""
    count = mistakes(len(frame))
    drawn = iter(rng.permutation(np.arange(1, len(frame)))[: MISTAKES * count].reshape(MISTAKES, count))
    wrong: list[tuple[str, list[str]]] = [
        ("Indicator", [f"Indicater {n}" for n in range(20)]),
        ("Area", [""]),
        ("Area", [f"Dystrict {n}" for n in range(20)]),
        ("Quarter", ["Q5 2025", "soon", "2025-13"]),
        ("Organisation", [f"Ministry of Interor {n}" for n in range(40)]),
        ("Value", ["n/k", "about 12", "1,23,4"]),
        ("Standard error", ["-5", "-1.2"]),
        ("Status", ["fine?", "9"]),
    ]
    for column, texts in wrong:
        frame.loc[next(drawn), column] = pick(rng, texts, count)
    again, key = next(drawn), ["Indicator", "Area", "Quarter", "Organisation"]
    frame.loc[again, key] = frame.loc[again - 1, key].to_numpy()
    return frame


def _tenths(n: int) -> str:
    return f"{n / 10:.1f}"
