"""An invented table of activities: as many rows as are asked for, one in a hundred with a known mistake.

The same rows in every run. Spellings vary as they do in real returns: names in two languages, Arabic digits, thousands
marks, days in two forms. Each wrong row has one mistake, and the table of mistakes says which.
"""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.csv as arrow_csv

FOLDER = Path(__file__).parent / "benchmark_activities"
MISTAKES = 12
_SEED = 20261115
_ARABIC = str.maketrans("0123456789,.", "٠١٢٣٤٥٦٧٨٩٬٫")
_NTH = ("الأول", "الثاني", "الثالث", "الرابع")
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
_THEMES = ["Training of", "Grant to", "Advice on", "Repair of", "Survey of", "دعم", "تدريب"]

Texts = npt.NDArray[np.object_]


def activities(rows: int) -> pd.DataFrame:
    """The table as text; the first columns of a row with a mistake are those of any other row."""
    rng = np.random.default_rng(_SEED)
    number = np.arange(rows)
    start = np.datetime64("2022-01-01") + rng.integers(0, 1400, rows)
    planned = rng.integers(1, 20_000, rows)
    quarter = rng.integers(0, 18, rows)
    frame = pd.DataFrame(
        {
            "Reference": _each(number, lambda n: f"JO-2026-{n:07d}"),
            "Quarter": _varied(rng, quarter, [_iso_quarter, _english_quarter, _arabic_quarter], [0.8, 0.15, 0.05]),
            "Title": _pick(rng, _THEMES, rows) + " " + (number % 400_000).astype(str).astype(object),
            "Organisation": _pick(rng, _ORGANISATIONS, rows),
            "Counterpart": _pick(rng, [*_ORGANISATIONS, ""], rows),
            "Governorate": _pick(rng, _PLACES, rows),
            "Status": _pick(rng, _STATUSES, rows),
            "Start": _days(rng, start),
            "End": _days(rng, start + rng.integers(0, 700, rows)),
            "Budget": _varied(
                rng,
                rng.integers(100_000, 90_000_000, rows),
                [_decimal, _grouped, lambda n: f"JOD {_grouped(n)}", lambda n: _grouped(n).translate(_ARABIC)],
                [0.8, 0.1, 0.05, 0.05],
            ),
            "People planned": _people(rng, planned),
            "People reached": _people(rng, (planned * rng.random(rows)).astype(np.int64)),
        }
    )
    return _with_mistakes(frame, rng)


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
        frame.loc[next(drawn), column] = _pick(rng, texts, count)
    order, again = next(drawn), next(drawn)
    frame.loc[order, ["Start", "End"]] = ["2025-06-30", "30/06/2024"]
    frame.loc[again, ["Reference", "Quarter"]] = frame.loc[again - 1, ["Reference", "Quarter"]].to_numpy()
    return frame


def _each(values: npt.NDArray[np.int64], write: Callable[[int], str]) -> Texts:
    return np.array([write(v) for v in values.tolist()], dtype=object)


def _pick(rng: np.random.Generator, texts: list[str], rows: int) -> Texts:
    return np.array(texts, dtype=object)[rng.integers(0, len(texts), rows)]


def _varied(
    rng: np.random.Generator,
    values: npt.NDArray[np.int64],
    writers: list[Callable[[int], str]],
    shares: list[float],
) -> Texts:
    """Each value in one of several spellings, drawn by their shares."""
    chosen = rng.choice(len(writers), len(values), p=shares).tolist()
    return np.array([writers[w](v) for v, w in zip(values.tolist(), chosen, strict=True)], dtype=object)


def _days(rng: np.random.Generator, days: npt.NDArray[np.datetime64]) -> Texts:
    iso = days.astype(str)
    slashed = pd.Series(days).dt.strftime("%d/%m/%Y").to_numpy(dtype=object)
    return np.where(rng.random(len(days)) < 0.8, iso.astype(object), slashed)


def _people(rng: np.random.Generator, counts: npt.NDArray[np.int64]) -> Texts:
    return _varied(rng, counts, [str, "{:,}".format, lambda n: str(n).translate(_ARABIC)], [0.9, 0.07, 0.03])


def _iso_quarter(n: int) -> str:
    return f"{2022 + n // 4}-Q{n % 4 + 1}"


def _english_quarter(n: int) -> str:
    return f"Q{n % 4 + 1} {2022 + n // 4}"


def _arabic_quarter(n: int) -> str:
    return f"الربع {_NTH[n % 4]} {2022 + n // 4}"


def _decimal(n: int) -> str:
    return f"{n / 100:.2f}"


def _grouped(n: int) -> str:
    return f"{n / 100:,.2f}"
