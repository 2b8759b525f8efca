"""Sentences made of pieces, figures as they are printed, names of files and names of what is published."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from idtracker.model.published.figure_address import FigureAddress
from idtracker.publish.briefing.figures import number, reading, reading_of_two
from idtracker.publish.briefing.pages.registry import page_makers
from idtracker.publish.briefing.parts import Count, Figure, Link
from idtracker.publish.briefing.render import _PageView, count_html, css_text, figure_html, shown_number
from idtracker.publish.briefing.source import PublishedRows
from idtracker.publish.briefing.words import counted_sentence, file_name_of, sentence, signed
from idtracker.store.connection import connect
from tests.unit.publish.briefing.small_publication import LONG_ARABIC, small_rows, write_publication

ADDRESS = FigureAddress("score", ("J&O", "2026-Q3", "STABILITY"), "low")
SCORES = "publish/briefing/scores"


def test_a_figure_says_its_address_and_its_whole_value() -> None:
    assert figure_html(Figure(60.8123, ADDRESS)) == (
        '<data class="figure" data-address="score/J%26O/2026-Q3/STABILITY#low" data-digits="1" value="60.8123">60.8</data>'
    )
    for missing in (None, float("nan"), float("inf")):
        assert 'value="">–</data>' in figure_html(Figure(missing, ADDRESS, unit="%"))
        assert "%</span>" not in figure_html(Figure(missing, ADDRESS, unit="%"))
    assert figure_html(Figure(5, ADDRESS, 0, "<b>")).endswith(
        'value="5">5</data><span class="unit">\u00a0&lt;b&gt;</span>'
    )


@pytest.mark.parametrize(
    ("value", "shown"), [(0.5, "+<data"), (-0.5, "<data"), (0.04, "<data"), (-0.04, "<data"), (0.0, "<data")]
)
def test_only_a_change_above_nothing_has_a_plus(value: float, shown: str) -> None:
    assert str(figure_html(signed(Figure(value, ADDRESS)))).startswith(f'<span class="signed">{shown}')
    assert "-0.0" not in shown_number(value, 1)


def test_a_count_says_which_rows_are_counted() -> None:
    assert count_html(Count(2, "warning", {"state": 'R"', "period": None})) == (
        '<data class="count" data-table="warning" data-where="{&#34;period&#34;: null, &#34;state&#34;: &#34;R\\&#34;&#34;}" value="2">2</data>'
    )


def test_a_sentence_keeps_its_figures_in_their_places() -> None:
    low, high = Figure(1.0, ADDRESS), Figure(2.0, ADDRESS)
    assert sentence(SCORES, "interval", "en", low=low, high=high).pieces == [low, " to ", high]
    assert sentence(SCORES, "interval", "ar", low=low, high=Link("x", "y")).pieces == [
        "من ",
        low,
        " إلى ",
        Link("x", "y"),
    ]
    count = Count(1, "score_change")
    assert counted_sentence(SCORES, "parts", "en", count, 3).pieces == [
        "The change has ",
        count,
        " part, in points of the score.",
    ]
    with pytest.raises(KeyError, match="nowhere"):
        sentence(SCORES, "nowhere", "en")


@given(st.text(min_size=1, max_size=8), st.text(min_size=1, max_size=8))
def test_names_of_files_are_safe_and_tell_identifiers_apart(one: str, other: str) -> None:
    assert re.fullmatch("[A-Za-z0-9_-]+", file_name_of(one))
    assert (file_name_of(one) == file_name_of(other)) == (one == other)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("in 2026-Q3.", 'in <bdi dir="ltr">2026-Q3</bdi>.'),
        ("و2026-Q3", 'و<bdi dir="ltr">2026-Q3</bdi>'),
        ("2026-11-15, 2026-11", '<bdi dir="ltr">2026-11-15</bdi>, <bdi dir="ltr">2026-11</bdi>'),
        (
            "2026-11-15T00:00:00Z 2026-11-15-490634e3cde0 x2026-Q3 <b>",
            "2026-11-15T00:00:00Z 2026-11-15-490634e3cde0 x2026-Q3 &lt;b&gt;",
        ),
    ],
)
def test_quarters_and_days_alone_are_kept_in_one_piece(text: str, shown: str) -> None:
    assert _PageView.text(text) == shown


@given(st.text(max_size=20))
def test_a_marking_cannot_leave_its_place_in_the_style(text: str) -> None:
    assert re.fullmatch(r'"([A-Za-z0-9]|\\[0-9a-f]+ )*"', css_text(text))


@pytest.mark.parametrize(
    ("bounds", "said"),
    [
        ((0.1, 2.0), "rose"),
        ((-2.0, -0.1), "fell"),
        ((0.0, 2.0), "indistinct"),
        ((-2.0, 0.0), "indistinct"),
        ((None, 1.0), "unknown"),
    ],
)
def test_a_change_that_may_be_none_is_not_claimed(bounds: tuple[float | None, float], said: str) -> None:
    assert reading(1.0, *bounds) == said
    assert reading(None, *bounds) == "unknown"


def test_two_values_differ_only_where_their_intervals_lie_apart() -> None:
    assert reading_of_two(50, 70, 35, 45) == "rose"
    assert reading_of_two(35, 45, 50, 70) == "fell"
    assert reading_of_two(45, 70, 35, 45) == "indistinct"
    assert reading_of_two(50, float("nan"), 35, 45) == "unknown"


def test_every_way_of_missing_is_none() -> None:
    import numpy as np
    import pandas as pd

    assert [number(value) for value in (None, np.nan, pd.NA, pd.NaT, np.float64("nan"))] == [None] * 5
    assert [number(value) for value in (np.int64(3), 3, np.float64(2.5), 0)] == [3, 3, 2.5, 0]
    assert repr(number(np.float64(2.5))) == "2.5"


def test_pages_come_in_one_order() -> None:
    modules = [maker.__module__.rpartition(".")[2] for maker in page_makers()]
    assert modules[:4] == ["overview", "minister", "tracker", "place"]
    assert len(modules) == len(set(modules))


def test_names_are_those_of_the_publication(tmp_path: Path) -> None:
    folder = write_publication(tmp_path / "p", small_rows())
    with connect(str(folder / "idtracker.duckdb"), read_only=True) as connection:
        source = PublishedRows(connection)
        assert (source.root, source.country, source.latest_period) == ("ROOT", "XX", "2026-Q2")
        assert (
            source.name_of_place("XX", "ar"),
            source.name_of_place("?", "ar"),
            source.name_of_place(None, "en"),
        ) == ("إكس", "?", "")
        assert [source.name_of_organisation("ORG", lang) for lang in ("en", "ar")] == ["Statistics", LONG_ARABIC]
        assert [source.name_of_node(node, "en") for node in ("ROOT", "D1", "I1")] == [
            "Whole index",
            "First part",
            "Indicator one",
        ]
        assert (source.has_rows("trend"), source.has_rows("score"), source.has_rows("held_row")) == (False, True, False)
        missing = source.rows("SELECT * FROM (VALUES ('a'), (NULL)) t(x) ORDER BY x NULLS LAST")
        assert missing["x"].tolist() == ["a", None]
        assert (source.label("score.low", "en"), source.label("score", "ar") != "") == ("Lower bound (90 %)", True)
