"""Places: identifiers, codes that look alike, spellings in three languages."""

from __future__ import annotations

import pytest
from resolving_cases import Resolving, groups, listed, rules

LOOKALIKES = {  # governorate -> UNHCR proGres, ICRC
    "JO-AJ": ("JOR001", "JO001"),
    "JO-AM": ("JOR005", "JO005"),
    "JO-AQ": ("JOR003", "JO002"),
    "JO-AT": ("JOR006", "JO006"),
    "JO-AZ": ("JOR012", "JO007"),
    "JO-BA": ("JOR002", "JO012"),
    "JO-IR": ("JOR007", "JO008"),
    "JO-JA": ("JOR008", "JO009"),
    "JO-KA": ("JOR004", "JO003"),
    "JO-MA": ("JOR011", "JO004"),
    "JO-MD": ("JOR010", "JO011"),
    "JO-MN": ("JOR009", "JO010"),
}


def test_lookalike_codes_are_read_in_their_own_scheme(resolve_column: Resolving) -> None:
    progres, icrc = zip(*LOOKALIKES.values(), strict=True)
    assert listed(resolve_column(progres, "place", scheme="unhcr-progres").frame["thing_id"]) == list(LOOKALIKES)
    assert listed(resolve_column(icrc, "place", scheme="icrc").frame["thing_id"]) == list(LOOKALIKES)


@pytest.mark.parametrize(("scheme", "code"), [("icrc", "JOR001"), ("unhcr-progres", "JO001"), (None, "JO001")])
def test_a_code_of_another_scheme_or_of_none_holds_the_row(
    resolve_column: Resolving, scheme: str | None, code: str
) -> None:
    resolved = resolve_column([code], "place", scheme=scheme)
    assert listed(resolved.frame["thing_id"]) == [None]
    assert rules(resolved) == ["name.place"]


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        *((t, "JO-AT") for t in ("Tafileh", "Tafilah", "At Tafilah", "AT-TAFILAH", "الطفيلة", "الطفيله", "الطَّفيلة")),
        *((t, "JO-JA") for t in ("Jerash", "Jarash", "جرش")),
        *((t, "JO-MN") for t in ("Maan", "Ma'an", "Ma’an", "معان", "معـان")),
        *((t, "JO-AM") for t in ("Amman", "Al-Asimah", "العاصمة", "عمان", "عمّان", "محافظة العاصمة")),
        *((t, "JO-IR") for t in ("Irbid", "اربد", "إربد")),
        *((t, "JO") for t in ("JO", "JOR", "Jordan", "Jordanie", "الأردن", "Hashemite Kingdom of Jordan")),
        *((t, "GB") for t in ("United Kingdom", "UK", "المملكة المتحدة")),
        ("سلطنة عمان", "OM"),
        ("JO-MA", "JO-MA"),
    ],
)
def test_places_are_found_by_identifier_and_reviewed_spelling(
    resolve_column: Resolving, typed: str, expected: str
) -> None:
    resolved = resolve_column([typed], "place")
    assert listed(resolved.frame["thing_id"]) == [expected]
    assert rules(resolved) == []


def test_census_numbers_need_their_scheme(resolve_column: Resolving) -> None:
    assert listed(resolve_column(["22", "٣٤"], "place", scheme="jo-dos").frame["thing_id"]) == ["JO-MA", "JO-AQ"]
    assert rules(resolve_column(["22"], "place")) == ["name.place"]


def test_bare_country_codes_count_in_capitals_only(resolve_column: Resolving) -> None:
    assert listed(resolve_column(["NO", "no"], "place").frame["thing_id"]) == ["NO", None]
    assert listed(resolve_column(["no"], "place", scheme="iso3166-1-a2").frame["thing_id"]) == ["NO"]


def test_an_unknown_place_holds_the_row_and_the_nearest_is_suggested(resolve_column: Resolving) -> None:
    resolved = resolve_column(["Mafraq", "Mafraqq", None, "Atlantis"], "place")
    assert listed(resolved.frame["thing_id"]) == ["JO-MA", None, None, None]
    (group,) = groups(resolved, "name.place")
    assert group.rows == [3, 5]
    assert group.values == ["Mafraqq", "Atlantis"]
    assert group.suggestions == ["Mafraq", None]


def test_an_unknown_place_may_be_kept_under_its_code(resolve_column: Resolving) -> None:
    resolved = resolve_column(["IQG01", "Jordan"], "place", scheme="cod", unknown="keep")
    assert listed(resolved.frame["thing_id"]) == ["cod:IQG01", "JO"]
    (group,) = groups(resolved, "name.place_kept")
    assert group.rows == [2]
    assert listed(resolve_column(["Erbil"], "place", unknown="keep").frame["thing_id"]) == ["name:Erbil"]
    assert rules(resolve_column(["Jordan"], "place", unknown="keep")) == []
