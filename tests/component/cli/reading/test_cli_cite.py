"""A figure is cited as it is published, however it is named; what is unknown is answered with what is near."""

from __future__ import annotations

from urllib.parse import quote

import pytest

from docs_builder.json_schemas import schema_of
from idtracker.model.published.figure_address import address_of
from tests.support.cli_programme import Program

Row = dict[str, object]


def _rows(published: Program, sql: str) -> list[Row]:
    rows: list[Row] = published.document("query", sql)
    return rows


@pytest.fixture
def score(published: Program) -> Row:
    return _rows(
        published, "SELECT * FROM score WHERE score IS NOT NULL ORDER BY node_code DESC, place_id, period LIMIT 1"
    )[0]


def test_an_address_gives_the_published_value_with_interval_and_marking(published: Program, score: Row) -> None:
    cited = published.document("cite", str(address_of("score", score)))
    assert {name: cited[name] for name in ("value", "low", "high")} == {
        "value": score["score"],
        "low": score["low"],
        "high": score["high"],
    }
    assert (cited["classification"], cited["period"]) == (score["classification"], score["period"])
    assert cited["address"].rpartition("@")[2] == cited["publication"]
    assert set(cited) >= set(schema_of("cite")["required"])
    again = published.document("cite", cited["address"])
    assert again == cited, "what is printed is found again"


def test_a_few_words_name_the_same_figure(published: Program, score: Row) -> None:
    by_address = published.document("cite", str(address_of("score", score)))
    by_words = published.document("cite", str(score["place_id"]), str(score["node_code"]), str(score["period"]))
    named = published.document("cite", f"{score['period']} {by_address['place']} {score['node_code']}")
    assert by_address == by_words == named


def test_another_column_and_another_language(published: Program, score: Row) -> None:
    low = published.document("cite", f"{address_of('score', score)}#low")
    assert (low["value"], low["low"]) == (score["low"], None)
    arabic = published("cite", str(address_of("score", score)), "--lang", "ar").stdout
    assert "كما كان معروفاً في" in arabic and str(address_of("score", score)) in arabic


def test_a_metric_is_named_by_its_scope(published: Program) -> None:
    sql = "SELECT * FROM metric_value WHERE scope = 'programme' AND measure = 'value' AND value IS NOT NULL LIMIT 1"
    row = _rows(published, sql)[0]
    cited = published.document("cite", str(row["metric_id"]), str(row["period"]))
    assert (cited["value"], cited["unit"]) == (row["value"], row["unit"])
    key = "/".join(quote(str(row[name]), safe="") for name in ("metric_id", "measure", "scope", "period"))
    assert published.document("cite", f"metric_value/{key}") == cited, "the day since which it holds may be left out"


@pytest.mark.parametrize(
    ("figure", "said"),
    [
        ("scor/JO/2026-Q3/STABILITY", "Did you mean score?"),
        ("score/JX/2026-Q3/STABILITY", "place_id"),
        ("JO", "names no one quarter"),
        ("Nowhere 2025-Q4", "place with a value"),
        ("JO 2025-Q4@2020-01-01-0123456789ab", "kept publication"),
        ("IM-99 2025-Q4", "published metric"),
        ("JO 1999-Q1", "1999-Q1"),
    ],
)
def test_what_is_unknown_is_answered_with_what_is_near(published: Program, figure: str, said: str) -> None:
    assert said in published("cite", figure, code=2).stderr
