"""Amounts in another currency: the rate of the day, how old it may be, and what is missing where there is none."""

from __future__ import annotations

from pathlib import Path

import duckdb
import numpy as np
import pandas as pd
import pytest

from idtracker.ingest.resolve.currencies import read_rates, write_rates
from idtracker.ingest.shape.money import read_currency
from idtracker.model.errors import UsageError
from idtracker.model.register.register import Register, overlay_file
from idtracker.model.tables import TABLES, conform_types
from idtracker.model.tables.version import create_table_sql
from idtracker.store.reference_views import readings
from idtracker.store.tables import fill_table

COLUMNS = ["currency", "base", "quoted_on", "rate", "kind", "max_age_days", "source"]


def table(*rows: tuple[object, ...]) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=COLUMNS)
    return conform_types(frame.assign(quoted_on=pd.to_datetime(frame["quoted_on"])), TABLES["exchange_rate"])


RATES = table(
    ("JOD", "USD", "1995-10-23", 0.709, "fixed", None, "the bank"),
    ("GBP", "USD", "2026-01-31", 0.80, "month", 45, "the fund"),
    ("GBP", "USD", "2026-02-28", 0.75, "month", 45, "the fund"),
    ("EUR", "GBP", "2026-02-10", 1.25, "day", 7, "the paper"),
)


def amounts_in(target: str, asked: pd.DataFrame, rates: pd.DataFrame) -> pd.Series:
    """The amounts of `asked` (amount, currency, on_day) as the published macro says them."""
    with duckdb.connect() as connection:
        connection.execute(create_table_sql("exchange_rate", TABLES["exchange_rate"]))
        fill_table(connection, "exchange_rate", rates.assign(classification="OFFICIAL"))
        for statement in readings(["exchange_rate"]):
            connection.execute(statement)
        connection.register("asked", asked.assign(place=range(len(asked))))
        query = "SELECT amount_in(amount, currency, CAST(on_day AS DATE), ?) AS found FROM asked ORDER BY place"
        return connection.execute(query, [target]).df()["found"].astype("float64")


def one(amount: float | None, currency: str | None, day: str | None, to: str) -> float:
    asked = pd.DataFrame(
        {
            "amount": pd.Series([amount], dtype="float64"),
            "currency": pd.Series([currency], dtype="str"),
            "on_day": pd.to_datetime(pd.Series([day], dtype="object")),
        }
    )
    return float(amounts_in(to, asked, RATES).iloc[0])


@pytest.mark.parametrize(
    ("amount", "currency", "day", "to", "expected"),
    [
        (100, "USD", "2026-03-01", "JOD", 70.9),
        (70.9, "JOD", "2001-03-01", "USD", 100),
        (80, "GBP", "2026-02-15", "USD", 100),
        (75, "GBP", "2026-02-28", "JOD", 70.9),
        (125, "EUR", "2026-02-17", "GBP", 100),
        (3, "KWD", "2026-02-17", "KWD", 3),
    ],
)  # fmt: skip
def test_the_latest_rate_not_after_the_day_is_used(
    amount: float, currency: str, day: str, to: str, expected: float
) -> None:
    assert one(amount, currency, day, to) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("amount", "currency", "day", "to"),
    [
        (5, "USD", "1995-10-22", "JOD"),  # before the first rate
        (5, "GBP", "2026-04-15", "USD"),  # 46 days after the last one
        (5, "EUR", "2026-02-18", "GBP"),  # eight days
        (5, "KWD", "2026-02-15", "USD"),  # a currency without rates
        (5, "EUR", "2026-02-15", "JOD"),  # two steps away
        (None, "USD", "2026-02-15", "JOD"),
        (5, None, "2026-02-15", "JOD"),
        (5, "USD", None, "JOD"),
    ],
)
def test_without_a_rate_the_amount_is_missing_and_never_taken_as_it_is(
    amount: float | None, currency: str | None, day: str | None, to: str
) -> None:
    assert np.isnan(one(amount, currency, day, to))


def factor(
    quotes: list[tuple[str, str, pd.Timestamp, float, float]], currency: str, to: str, day: pd.Timestamp
) -> float:
    """What an amount is multiplied by, from (currency, base, day, rate, days of use); not a number without a rate."""

    def quoted(one: str, base: str) -> tuple[pd.Timestamp, float] | None:
        until = [(on, rate, age) for c, b, on, rate, age in quotes if (c, b) == (one, base) and on <= day]
        if not until:
            return None
        on, rate, age = max(until)
        return None if (day - on).days > age else (on, rate)

    def direct(one: str, other: str) -> float | None:
        priced, inverse = quoted(other, one), quoted(one, other)
        if priced and (inverse is None or priced[0] >= inverse[0]):
            return priced[1]
        return 1 / inverse[1] if inverse else None

    if currency == to:
        return 1.0
    if (found := direct(currency, to)) is not None:
        return found
    for between in sorted({name for quote in quotes for name in quote[:2]}):
        first, second = direct(currency, between), direct(between, to)
        if first is not None and second is not None:
            return first * second
    return float("nan")


def test_any_amount_is_said_by_the_rates_of_its_day() -> None:
    draw, start = np.random.default_rng(7), pd.Timestamp("2026-01-01")
    pairs = [("GBP", "USD"), ("EUR", "USD"), ("GBP", "EUR"), ("EUR", "GBP"), ("JOD", "USD")]
    quotes = [
        (*pairs[p], start + pd.Timedelta(days=int(d)))
        for p, d in zip(draw.integers(0, 5, 60), draw.permutation(60), strict=True)
    ]
    rates = table(*((*quote, draw.uniform(0.1, 10), "day", draw.choice([None, 3, 20]), "x") for quote in quotes))
    asked = pd.DataFrame(
        {
            "amount": draw.uniform(1, 100, 400),
            "currency": draw.choice(["GBP", "EUR", "USD", "JOD", "KWD"], 400),
            "on_day": start + pd.to_timedelta(draw.integers(-5, 90, 400), unit="D"),
        }
    )
    found = amounts_in("GBP", asked, rates)
    ages = rates["max_age_days"].astype("float64").fillna(np.inf)
    known = list(zip(rates["currency"], rates["base"], rates["quoted_on"], rates["rate"], ages, strict=True))
    due = [a * factor(known, c, "GBP", day) for a, c, day in asked.itertuples(index=False, name=None)]
    assert 0 < found.isna().sum() < 400
    np.testing.assert_allclose(found, due, rtol=1e-9)


def test_the_register_knows_every_currency_that_an_amount_is_read_in() -> None:
    currencies = Register.load().currencies.set_index("currency")
    assert {read_currency(code) for code in currencies.index} == set(currencies.index)
    assert {read_currency(w) for w in ("£", "$", "€", "JD", "ليرة سورية", "₺", "¥")} <= set(currencies.index)
    assert currencies["minor_units"].loc[["JOD", "KWD", "JPY", "GBP"]].tolist() == [3, 3, 0, 2]


def test_only_the_peg_of_the_dinar_is_bundled() -> None:
    (row,) = Register.load().exchange_rates.to_dict("records")
    assert (row["currency"], row["base"], row["rate"], row["kind"]) == ("JOD", "USD", 0.709, "fixed")
    assert row["quoted_on"] == pd.Timestamp("1995-10-23") and "Central Bank of Jordan" in row["source"]


def file_of(*lines: str) -> bytes:
    return ("Date,Rate,Currency,Frequency,Source\n" + "".join(f"{line}\n" for line in lines)).encode()


def test_a_file_of_rates_becomes_an_overlay_that_loads(tmp_path: Path) -> None:
    register = Register.load()
    path = overlay_file(tmp_path, "exchange_rates")
    content = file_of("2026-01-31,0.8,GBP,M,F", "2026-02-28,0.75,GBP,M,F", "2026-02-27,0.9,EUR,D,F", "2026-01-31,1,USD,M,F",
                      "2026-01-31,13.76,ATS,M,F")  # fmt: skip
    imported = read_rates(content, "rates.csv", register, "USD", "the fund")
    assert imported.unknown == {"ATS": 1}
    assert write_rates(path, imported.rows) == (3, 0)
    assert write_rates(path, imported.rows) == (0, 0)
    again = read_rates(file_of("2026-02-28,0.76,GBP,M,F"), "rates.csv", register, "USD", "the fund")
    assert write_rates(path, again.rows) == (0, 1)
    loaded = Register.load(tmp_path).exchange_rates.set_index(["currency", "quoted_on"])
    assert len(loaded) == 4
    assert loaded.loc[("GBP", pd.Timestamp("2026-02-28")), ["rate", "kind", "max_age_days"]].tolist() == [
        0.76,
        "month",
        45,
    ]
    assert loaded.loc[("EUR", pd.Timestamp("2026-02-27")), "max_age_days"] == 7


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (file_of("2026-01-31,0,GBP,M,F"), "rates.csv:2: `2026-01-31` and `0`; expected a date and a number above 0"),
        (file_of("31/01/2026,1,GBP,M,F"), "rates.csv:2: `31/01/2026` and `1`"),
        (b"day,price\n", "rates.csv:1: expected columns Date, Rate and Currency"),
        ("Date,Rate,Currency\n2026-01-31,1,£\n".encode("cp1252"), "rates.csv:1: not readable"),
    ],
)  # fmt: skip
def test_what_is_no_rate_is_named_and_nothing_is_written(content: bytes, expected: str) -> None:
    with pytest.raises(UsageError) as caught:
        read_rates(content, "rates.csv", Register.load(), "USD", "x")
    assert expected in str(caught.value)


def test_of_a_day_with_two_rates_neither_is_taken() -> None:
    content = file_of(
        "2026-01-31,.8,GBP,M,F", "2026-01-31,.9,GBP,M,F", "2026-02-28,.75,GBP,M,F", "2026-02-28,.7500000001,GBP,M,F"
    )
    imported = read_rates(content, "rates.csv", Register.load(), "USD", "x")
    assert imported.contradictions == ["rates.csv:3: GBP of 2026-01-31 is .9 here and .8 before"]
    assert [(r["quoted_on"], r["rate"]) for r in imported.rows] == [("2026-02-28", ".75")]


def test_the_rates_of_a_real_file_are_those_of_the_file(shared_data: Path, tmp_path: Path) -> None:
    file = shared_data / "02_iati" / "imf_exchangerates.csv"
    if not file.is_file():
        pytest.skip(f"{file.name} is not among the shared files")
    imported = read_rates(file.read_bytes(), file.name, Register.load(), "USD", "IMF")
    assert imported.unknown == {}
    assert any("XCD of 1975-01-31 is 2.018649999 here and 20.1865 before" in c for c in imported.contradictions)
    write_rates(overlay_file(tmp_path, "exchange_rates"), imported.rows)
    register, problems = Register.gather(tmp_path)
    assert [p for p in problems if p.stops] == []
    sterling = register.exchange_rates.query("currency == 'GBP'").set_index("quoted_on")["rate"]
    assert sterling[pd.Timestamp("2022-08-31")] == 0.860881542699725
    asked = pd.DataFrame({"amount": [820.883270398949], "currency": ["GBP"], "on_day": [pd.Timestamp("2022-08-30")]})
    assert amounts_in("JOD", asked, register.exchange_rates).iloc[0] == pytest.approx(709)


@pytest.mark.parametrize(
    ("rows", "rule", "expected", "stops"),
    [
        ("GBP,USD,2026-01-31,-1,month,45,x\n", "bounds", "`rate` is -1.0; expected a number above 0", True),
        ("GBP,USD,2026-01-31,1,month,,x\n", "rate", "has no `max_age_days`", True),
        ("GBP,XXX,2026-01-31,1,month,45,x\n", "reference", "`base` is `XXX`; expected a known currency", True),
        ("GBP,GBP,2026-01-31,1,month,45,x\n", "rate", "GBP is quoted against itself", True),
        ("BGN,USD,2026-01-31,1,month,45,x\n", "rate", "BGN was not in use on 2026-01-31", False),
        ("GBP,USD,2026-02-28,1,month,45,x\nGBP,USD,2026-01-31,1,month,45,x\n", "sequence", "of 2026-01-31 stands after", False),
        ("GBP,USD,2026-01-31,1,day,7,x\nGBP,USD,2026-02-28,1,day,7,x\n", "hole",
         "GBP per USD has no rate from 2026-02-08 to 2026-02-27", False),
    ],
)  # fmt: skip
def test_wrong_rates_are_named(tmp_path: Path, rows: str, rule: str, expected: str, stops: bool) -> None:
    path = overlay_file(tmp_path, "exchange_rates")
    path.parent.mkdir()
    path.write_text(",".join(COLUMNS) + "\n" + rows, "utf-8")
    found = [p for p in Register.gather(tmp_path)[1] if p.rule == rule and expected in p.text]
    assert [p.stops for p in found] == [stops], Register.gather(tmp_path)[1]
