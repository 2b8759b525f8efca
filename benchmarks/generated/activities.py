"""An invented table of activities: as many rows as are asked for, one in a hundred with a known mistake.

The same rows in every run. Spellings vary as they do in real returns: names in two languages, Arabic digits, thousands
marks, days in two forms. Each wrong row has one mistake, and the table of mistakes says which.
"""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.csv as arrow_csv

from benchmarks.generated.spelling import (
    ARABIC,
    arabic_quarter,
    days,
    decimal,
    each,
    english_quarter,
    grouped,
    iso_quarter,
    people,
    pick,
    varied,
)

FOLDER = Path(__file__).parent / "benchmark_activities"
MISTAKES = 12
_SEED = 20261115
_ORGANISATIONS = [
    "Ministry of Interior", "ministry of  interior", "Ministry of Planning and International Cooperation",
    "Ministry of Local Administration", "Horizon Bridges", "HORIZON BRIDGES", "جسور الأفق", "جسور الافق",
    "Levant Event Observatory", "مرصد أحداث المشرق", "مرصـد احداث المشرق", "HM Treasury", "HMT",
]  # fmt: skip
_PLACES = [
    "Ajloun", "Amman", "AMMAN", "Aqaba", "Tafilah", "Zarqa", "Balqa", "Irbid", "Jerash", "Karak", "Mafraq", "Madaba",
    "Ma'an", "Ma’an", "JO-AM", "عجلون", "عمّان", "عمان", "العقبة", "العقبه", "الطفيلة", "الزرقاء", "إربد", "اربد",
    "جرش", "الكرك", "المفرق", "معان", "\u200fمادبا\u200f",
]  # fmt: skip
_STATUSES = ["1", "2", "3", "4", "Implementation", "closed", "مغلق", "قيد التنفيذ"]
_SECTORS = ["Governance", "Security", "Justice", "Livelihoods", "Health", "Education", "Water", "Shelter", "حماية"]
_THEMES = ["Training of", "Grant to", "Advice on", "Repair of", "Survey of", "دعم", "تدريب"]


def activities(rows: int) -> pd.DataFrame:
    """The table as text; the first columns of a row with a mistake are those of any other row."""
    rng = np.random.default_rng(_SEED)
    number = np.arange(rows)
    start = np.datetime64("2022-01-01") + rng.integers(0, 1400, rows)
    planned = rng.integers(1, 20_000, rows)
    quarter = rng.integers(0, 18, rows)
    frame = pd.DataFrame(
        {
            "Reference": each(number, lambda n: f"JO-2026-{n:07d}"),
            "Quarter": varied(rng, quarter, [iso_quarter, english_quarter, arabic_quarter], [0.8, 0.15, 0.05]),
            "Title": pick(rng, _THEMES, rows) + " " + (number % 400_000).astype(str).astype(object),
            "Organisation": pick(rng, _ORGANISATIONS, rows),
            "Counterpart": pick(rng, [*_ORGANISATIONS, ""], rows),
            "Governorate": pick(rng, _PLACES, rows),
            "Status": pick(rng, _STATUSES, rows),
            "Start": days(rng, start),
            "End": days(rng, start + rng.integers(0, 700, rows)),
            "Budget": varied(
                rng,
                rng.integers(100_000, 90_000_000, rows),
                [decimal, grouped, lambda n: f"JOD {grouped(n)}", lambda n: grouped(n).translate(ARABIC)],
                [0.8, 0.1, 0.05, 0.05],
            ),
            "People planned": people(rng, planned),
            "People reached": people(rng, (planned * rng.random(rows)).astype(np.int64)),
        }
    )
    return _with_mistakes(frame, rng)


def activity_cells(rows: int) -> pd.DataFrame:
    """The same table as a return of who does what where: a sector in the place of the title."""
    frame = activities(rows)
    return frame.assign(Title=pick(np.random.default_rng(_SEED), _SECTORS, rows))


def mistakes(rows: int) -> int:
    """How many rows have each mistake."""
    return rows // (100 * MISTAKES)


def as_csv(frame: pd.DataFrame) -> bytes:
    """The table as a file of comma-separated values in UTF-8."""
    out = io.BytesIO()
    table = pa.Table.from_pandas(frame, preserve_index=False)
    arrow_csv.write_csv(table, out, arrow_csv.WriteOptions(quoting_style="needed"))
    return out.getvalue()


def as_workbook(frame: pd.DataFrame) -> bytes:
    """The table as an XLSX workbook in which days are days and plain numbers are numbers."""
    from openpyxl import Workbook

    book = Workbook(write_only=True)
    sheet = book.create_sheet("Activities")
    sheet.append(list(frame.columns))
    columns = [_typed_cells(frame[name]) for name in frame.columns]
    for row in zip(*columns, strict=True):
        sheet.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _typed_cells(texts: pd.Series) -> list[object]:
    numbers = pd.to_numeric(texts.where(texts.str.fullmatch(r"[0-9]+(?:\.[0-9]+)?")), errors="coerce")
    days = pd.to_datetime(texts, format="%Y-%m-%d", errors="coerce")
    return [
        day.to_pydatetime() if day is not pd.NaT else number if number == number else text or None
        for day, number, text in zip(days, numbers.tolist(), texts.tolist(), strict=True)
    ]


def _with_mistakes(frame: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """One mistake in each of the rows drawn for it."""
    rows, count = len(frame), mistakes(len(frame))
    drawn = iter(rng.permutation(np.arange(1, rows))[: MISTAKES * count].reshape(MISTAKES, count))
    wrong: list[tuple[str, list[str]]] = [
        ("Reference", [""]),
        ("Quarter", ["Q5 2025", "soon", "2025-13"]),
        ("Organisation", [f"Ministry of Interor {n}" for n in range(40)]),
        ("Governorate", [f"Ammman{n}" for n in range(30)] + ["أربدد"]),
        ("Status", ["ongoing?", "9", "Closd"]),
        ("Start", ["2025-02-30", "31/31/2025", "next spring"]),
        ("Budget", ["about 12", "12 USD 5", "1,23,4"]),
        ("People planned", ["twelve", "12 or so"]),
        ("People reached", ["12.5", "0.25"]),
        ("People planned", ["-5", "-1,200"]),
    ]
    for column, texts in wrong:
        frame.loc[next(drawn), column] = pick(rng, texts, count)
    order, again = next(drawn), next(drawn)
    frame.loc[order, ["Start", "End"]] = ["2025-06-30", "30/06/2024"]
    frame.loc[again, ["Reference", "Quarter"]] = frame.loc[again - 1, ["Reference", "Quarter"]].to_numpy()
    return frame
