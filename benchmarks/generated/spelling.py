"""Spellings as they vary in real returns: periods and days in several forms, Arabic digits, thousands marks."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt
import pandas as pd

ARABIC = str.maketrans("0123456789,.", "٠١٢٣٤٥٦٧٨٩٬٫")
_NTH = ("الأول", "الثاني", "الثالث", "الرابع")

Texts = npt.NDArray[np.object_]


def each(values: npt.NDArray[np.int64], write: Callable[[int], str]) -> Texts:
    return np.array([write(v) for v in values.tolist()], dtype=object)


def pick(rng: np.random.Generator, texts: list[str], rows: int) -> Texts:
    return np.array(texts, dtype=object)[rng.integers(0, len(texts), rows)]


def varied(
    rng: np.random.Generator,
    values: npt.NDArray[np.int64],
    writers: list[Callable[[int], str]],
    shares: list[float],
) -> Texts:
    """Each value in one of several spellings, drawn by their shares."""
    chosen = rng.choice(len(writers), len(values), p=shares).tolist()
    return np.array([writers[w](v) for v, w in zip(values.tolist(), chosen, strict=True)], dtype=object)


def days(rng: np.random.Generator, days: npt.NDArray[np.datetime64]) -> Texts:
    iso = days.astype(str)
    slashed = pd.Series(days).dt.strftime("%d/%m/%Y").to_numpy(dtype=object)
    return np.where(rng.random(len(days)) < 0.8, iso.astype(object), slashed)


def people(rng: np.random.Generator, counts: npt.NDArray[np.int64]) -> Texts:
    return varied(rng, counts, [str, "{:,}".format, lambda n: str(n).translate(ARABIC)], [0.9, 0.07, 0.03])


def iso_quarter(n: int) -> str:
    return f"{2022 + n // 4}-Q{n % 4 + 1}"


def english_quarter(n: int) -> str:
    return f"Q{n % 4 + 1} {2022 + n // 4}"


def arabic_quarter(n: int) -> str:
    return f"الربع {_NTH[n % 4]} {2022 + n // 4}"


def decimal(n: int) -> str:
    return f"{n / 100:.2f}"


def grouped(n: int) -> str:
    return f"{n / 100:,.2f}"
