"""Suggestions for unknown names, from invented names and, where they are present, from real gazetteers."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from resolving_cases import Resolving, groups

from idtracker.ingest.resolve.spelling import core_of, initials_of, is_acronym, skeleton_of, sound_of
from idtracker.ingest.resolve.suggest import MOST_TEXTS, Suggester
from idtracker.model.text import fold

PLACES = [
    ("Qasr al-Nakhil", "P1"),
    ("Ash-Shuwayfat", "P2"),
    ("Dhahr al-Ghazal", "P3"),
    ("Tell Khadra", "P4"),
    ("Wadi Thamar", "P5"),
    ("Mazra'at al-Zaytun", "P6"),
]
ORGANISATIONS = [
    ("Ministry of Wells and Orchards", "O1"),
    ("Ministry of Bridges (Upper Valley)", "O2"),
    ("Kestrel Relief Fund", "O3"),
    ("KRF", "O3"),
    ("Lantern Housing Company Ltd", "O4"),
    ("وزارة الآبار والبساتين", "O1"),
    ("صندوق الباشق للإغاثة", "O3"),
]


def first(known: list[tuple[str, str]], text: str) -> tuple[str, str] | None:
    (found,) = Suggester(known).best([text])
    return (found[0].identifier, found[0].why) if found else None


@pytest.mark.parametrize(
    ("typed", "identifier", "why"),
    [
        ("قصر النخيل", "P1", "script"),
        ("الشويفات", "P2", "script"),
        ("ضهر الغزال", "P3", "script"),
        ("تل خضرا", "P4", "script"),
        ("وادي ثمر", "P5", "script"),
        ("محافظة مزرعة الزيتون", "P6", "script"),
        ("Kasr en Nakhil", "P1", "letters"),
        ("Choueifat", "P2", "letters"),
        ("Tel Khadraa District", "P4", "letters"),
        ("Wadi Thammar", "P5", "letters"),
        ("Thamar, Wadi", "P5", "spelling"),
    ],
)
def test_a_place_is_found_from_the_other_script_or_another_spelling(typed: str, identifier: str, why: str) -> None:
    assert first(PLACES, typed) == (identifier, why)


@pytest.mark.parametrize(
    ("typed", "identifier"),
    [
        ("MoWO", "O1"),
        ("M.W.O.", "O1"),
        ("MoB", "O2"),
        ("Kestrel Releif Fund", "O3"),
        ("Fund, Kestrel Relief", "O3"),
        ("Kestrel Relief Fund (Northern Office)", "O3"),
        ("Kestrel Relief", "O3"),
        ("Lantern Housing Co.", "O4"),
        ("Lantern Housing", "O4"),
        ("وزاره الابار و البساتين", "O1"),
    ],
)
def test_an_organisation_is_found_by_its_initials_its_words_or_its_spelling(typed: str, identifier: str) -> None:
    found = first(ORGANISATIONS, typed)
    assert found is not None and found[0] == identifier
    assert found[1] == "initials" or not is_acronym(typed)


@pytest.mark.parametrize("typed", ["", "Zzyzx", "12", "X", "٪"])
def test_what_is_like_nothing_gets_no_candidate(typed: str) -> None:
    assert first(PLACES, typed) is None


def test_an_identifier_stands_once_shown_by_its_likest_name() -> None:
    (found,) = Suggester(ORGANISATIONS).best(["Ministry of Wels and Orchards"])
    assert (found[0].identifier, found[0].name) == ("O1", "Ministry of Wells and Orchards")
    assert len({c.identifier for c in found}) == len(found) <= 3
    assert [c.score for c in found] == sorted((c.score for c in found), reverse=True)


def test_order_does_not_depend_on_what_else_is_asked() -> None:
    suggester = Suggester(PLACES)
    together = suggester.best(["Kasr", "Wadi", "Tell", "qasr nakheel"])
    assert together == [suggester.best([t])[0] for t in ["Kasr", "Wadi", "Tell", "qasr nakheel"]]


def test_a_column_of_another_list_is_not_searched_to_the_end() -> None:
    found = Suggester(PLACES).best(["Wadi Tamar"] * (MOST_TEXTS + 5))
    assert (bool(found[MOST_TEXTS - 1]), found[MOST_TEXTS]) == (True, ())


def test_without_known_names_there_is_no_candidate() -> None:
    assert Suggester([]).best(["Wadi"]) == [()]


def test_forms_join_what_transliterations_write_differently() -> None:
    assert sound_of(fold("عجلون")) == sound_of("ajloun") == "ajlwn"
    assert skeleton_of(sound_of("khashm")) == skeleton_of(sound_of(fold("خشم"))) == "xcm"
    assert core_of(fold("محافظة الزرقاء")) == core_of(fold("الزرقاء"))
    assert initials_of(fold("Ministry of Wells and Orchards")) >= {"mwo", "mowo"}
    assert is_acronym("MoWO") and is_acronym("U.N.X.") and not is_acronym("Wells") and not is_acronym("MoWO office")


@given(st.text(max_size=20))
def test_any_text_may_be_asked_for(text: str) -> None:
    (found,) = Suggester(PLACES).best([text])
    assert all(60 <= c.score <= 100 for c in found)


def test_a_suggestion_never_matches_by_itself(resolve_column: Resolving) -> None:
    resolved = resolve_column(["المفرقق", "Al Mafraq Governorate"], "place")
    assert resolved.frame["thing_id"].isna().all()
    assert groups(resolved, "name.place")[0].suggestions == ["المفرق", "Mafraq Governorate"]


@pytest.mark.parametrize(("country", "least"), [("JO", 0.90), ("IQ", 0.90), ("LB", 0.90), ("SY", 0.75)])
def test_real_towns_are_found_from_their_arabic_names(shared_data: Path, country: str, least: float) -> None:
    towns = json.loads((shared_data / "05_geo" / f"dr5hn_cities_{country}.json").read_text("utf-8"))
    pairs = {fold(t["name"]): (t["name"], (t.get("translations") or {}).get("ar") or "") for t in towns}
    arabic = [(name, ar) for name, ar in pairs.values() if re.search("[\u0600-\u06ff]", ar)]
    found = Suggester([(name, name) for name, _ in arabic]).best([ar for _, ar in arabic], 3, 0)
    at_one = sum(bool(f) and f[0].identifier == name for f, (name, _) in zip(found, arabic, strict=True))
    at_three = sum(any(c.identifier == name for c in f) for f, (name, _) in zip(found, arabic, strict=True))
    assert at_one / len(arabic) >= least
    assert at_three / len(arabic) >= 0.93
