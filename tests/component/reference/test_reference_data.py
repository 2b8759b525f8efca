"""The bundled reference data: complete, typed as the canonical tables, and true where a public standard says so."""

from __future__ import annotations

import re

import pandas as pd
import pytest

from idtracker.ingest.resolve.places import find_places, index_places, place_names
from idtracker.model.register.csv_rows import CODE_ALIAS, SPECS
from idtracker.model.register.places_above import with_areas
from idtracker.model.register.register import Register
from idtracker.model.tables import REFERENCE, TABLES, columns_of, conform_types, schema_of
from idtracker.model.text import fold

REPORTED = (  # lists that reporters choose from
    *("activity_status", "barrier", "catalytic_type", "claim_status", "classification", "contribution_role"),
    *("contribution_type", "decision_level", "effect_tier", "fund", "governance_role", "information_credibility"),
    *("integration_mode", "kpq", "kpq_answer", "marker_level", "marker_status", "objective_level", "obs_status"),
    *("organisation_role", "organisation_type", "pai_ladder", "phia_yardstick", "product_type", "programme_stage"),
    *("result_type", "shared_object_type", "source_reliability", "transaction_type", "ancr", "estimator"),
)

ARAB_STATES = (
    *("AE", "BH", "DJ", "DZ", "EG", "IQ", "JO", "KM", "KW", "LB", "LY"),
    *("MA", "MR", "OM", "PS", "QA", "SA", "SD", "SO", "SY", "TN", "YE"),
)


MARKING = ("classification", "releasable_to")
"""The columns by which the programme marks every row of reference data; no file has them."""


@pytest.fixture(scope="module")
def register() -> Register:
    return Register.load()


def test_every_codelist_that_a_table_refers_to_is_there(register: Register) -> None:
    wanted = {s.codelist for model in TABLES.values() for s in columns_of(model) if s.codelist}
    assert wanted <= set(register.codelists["scheme"])
    assert {"conf_status", "tlp", "dimension", "frey_level", "dac_purpose", "FCDO_AR", "activity_date_type"} <= set(
        register.codelists["scheme"]
    )


def test_the_register_has_exactly_the_columns_of_the_canonical_tables(register: Register) -> None:
    for name, frame in register.tables().items():
        model = REFERENCE[name]
        assert [*frame.columns, *MARKING] == [c.name for c in columns_of(model)], name
        marked = frame.assign(classification="OFFICIAL", releasable_to="HMG")
        pd.testing.assert_frame_equal(frame, conform_types(marked, model)[frame.columns.tolist()])
        schema_of(model).validate(conform_types(marked, model))


def test_what_the_canonical_tables_require_the_files_require(register: Register) -> None:
    by_name = dict(zip(register.tables(), [s for s in SPECS if s is not CODE_ALIAS], strict=True))
    for name, spec in by_name.items():
        assert set(spec.required) == {c.name for c in columns_of(REFERENCE[name]) if c.is_required} - set(MARKING), name


@pytest.mark.parametrize("scheme", REPORTED)
def test_lists_that_reporters_choose_from_speak_arabic(register: Register, scheme: str) -> None:
    labels = register.codelists.loc[register.codelists["scheme"] == scheme, "label_ar"]
    assert len(labels)
    assert labels.str.contains(r"[\u0600-\u06ff]", regex=True, na=False).all()


def test_every_code_names_its_source_and_version(register: Register) -> None:
    assert register.codelists[["version", "source"]].notna().all(axis=None)


@pytest.mark.parametrize(
    ("scheme", "codes"),
    [
        ("barrier", "B1 B2 B3 B4 B5 B6"),
        ("kpq", " ".join(f"K{n}" for n in range(1, 13))),
        ("effect_tier", "T0 T1 T2 T3 T4"),
        ("source_reliability", "A B C D E F"),
        ("information_credibility", "1 2 3 4 5 6"),
        ("obs_status", "A B D E F G H I J K L M N O P Q S U V W"),
        ("conf_status", "F N C E A D S G O T M X"),
        ("tlp", "CLEAR GREEN AMBER AMBER+STRICT RED"),
        ("transaction_type", " ".join(str(n) for n in range(1, 14))),
        ("dimension", "BSF1 BSF2 BSF3 BSF4 BSF5"),
        ("FCDO_AR", "A++ A+ A B C"),
        ("CSSF_AR_V1", "A+ A B C"),
        ("CSSF_AR_V2", "4 3 2 1"),
        ("revision_type", "INITIAL R1 R2 R3 C"),
        ("classification", "OFFICIAL OFFICIAL-SENSITIVE"),
        ("frey_level", "0 1 2 3 4 5"),
    ],
)
def test_lists_are_complete_and_in_order(register: Register, scheme: str, codes: str) -> None:
    assert register.codes(scheme) == codes.split()


def test_the_tiers_say_that_their_names_are_a_proposal(register: Register) -> None:
    tiers = register.codelists[register.codelists["scheme"] == "effect_tier"]
    assert set(tiers["version"]) == {"IDTIER-PROPOSED-1"}
    assert tiers["rank"].tolist() == [0, 1, 2, 3, 4]


def test_countries_and_governorates(register: Register) -> None:
    places = register.places
    countries = places[places["level"] == "country"]
    governorates = places[places["level"] == "adm1"]
    assert len(countries) == 249
    assert countries["place_id"].str.fullmatch("[A-Z]{2}").all()
    assert len(governorates) == 12
    assert set(governorates["parent_id"]) == {"JO"}
    assert governorates["name_ar"].notna().all()
    assert places.set_index("place_id").loc[[*ARAB_STATES, "GB"], "name_ar"].notna().all()


DISTRICTS = {
    "JO-AJ": 2, "JO-AM": 9, "JO-AQ": 2, "JO-AT": 3, "JO-AZ": 3, "JO-BA": 5, "JO-IR": 9, "JO-JA": 1, "JO-KA": 7, "JO-MA": 4,
    "JO-MD": 2, "JO-MN": 4,
}  # fmt: skip
CAMPS = {
    "Zaatari camp": "JO-MA", "Azraq camp": "JO-AZ", "Emirati Jordanian Camp": "JO-AZ", "Baqa'a camp": "JO-BA",
    "Husn camp": "JO-IR", "Irbid camp": "JO-IR", "Jabal el-Hussein camp": "JO-AM", "Jerash camp": "JO-JA",
    "Marka camp": "JO-AZ", "Souf camp": "JO-JA", "Talbieh camp": "JO-AM", "Amman New Camp": "JO-AM", "Zarqa camp": "JO-AZ",
}  # fmt: skip


def test_every_district_and_camp_lies_in_its_governorate(register: Register) -> None:
    below = with_areas(register.places)
    below = below[below["level"].isin(["adm2", "site"])]
    assert below["name_ar"].notna().all() and set(below["country_id"]) == {"JO"}
    districts, camps = below[below["level"] == "adm2"], below[below["level"] == "site"]
    assert districts["division_id"].value_counts().to_dict() == DISTRICTS
    assert districts["parent_id"].equals(districts["division_id"])
    assert dict(zip(camps["name"], camps["division_id"], strict=True)) == CAMPS


@pytest.mark.parametrize(
    ("typed", "identifier"),
    [
        ("Irbid", "JO-IR"), ("Zarqa", "JO-AZ"), ("الكرك", "JO-KA"), ("Karak", "JO-KA"), ("Al Mafraq", "JO-MA"),
        ("Qasabat Irbid", "JO-IR-QASABAH"), ("قصبة اربد", "JO-IR-QASABAH"), ("Irbid camp", "JO-IR-IRBID-CAMP"),
        ("Marka", "JO-AM-MARKA"), ("مخيم ماركا", "JO-AZ-MARKA-CAMP"), ("Ar Ramtha", "JO-IR-RAMTHA"),
        ("Za'atari Refugee Camp", "JO-MA-ZAATARI-CAMP"), ("مخيم الأزرق", "JO-AZ-AZRAQ-CAMP"),
        ("Wihdat camp", "JO-AM-NEW-CAMP"), ("Rusaifa", "JO-AZ-RUSSEIFA"), ("لواء الرصيفة", "JO-AZ-RUSSEIFA"),
        ("Azraq", None), ("Zaatari", None), ("الزعتري", None), ("Gaza camp", None),
    ],
)  # fmt: skip
def test_a_name_means_a_governorate_a_district_a_camp_or_nothing(
    register: Register, typed: str, identifier: str | None
) -> None:
    assert find_places(typed, None, index_places(register)) == ((identifier,) if identifier else ())


def test_districts_of_another_country_than_the_programmes_are_not_known(register: Register) -> None:
    assert register.at_home("JO") is register and register.at_home("") is register
    elsewhere = register.at_home("LB")
    assert find_places("Koura", None, index_places(elsewhere)) == ()
    assert find_places("Irbid", None, index_places(elsewhere)) == ("JO-IR",)
    assert set(elsewhere.places["level"]) == {"country", "adm1"}
    assert len(elsewhere.origins["places"]) == len(elsewhere.places) and elsewhere.fingerprint != register.fingerprint
    assert len(elsewhere.origins["place_codes"]) == len(elsewhere.place_codes)


def test_a_misspelt_governorate_is_suggested_before_its_district_and_its_camp(register: Register) -> None:
    suggested = place_names(register).best(["Madabba", "Irbd", "Zarqaa", "Al Mafraqq", "Kerak Gov.", "المفرقق"])
    assert [found[0].identifier for found in suggested] == ["JO-MD", "JO-IR", "JO-AZ", "JO-MA", "JO-KA", "JO-MA"]


def test_every_governorate_has_each_of_its_codes_once(register: Register) -> None:
    codes = register.place_codes[register.place_codes["place_id"].str.startswith("JO-")]
    for scheme in ("iso3166-2", "jo-dos", "unhcr-progres", "icrc"):
        mine = codes[codes["scheme"] == scheme]
        assert sorted(mine["place_id"]) == sorted(register.places.query("level == 'adm1'")["place_id"])
    census = codes.query("scheme == 'jo-dos'").set_index("place_id")["code"]
    assert (census["JO-AM"], census["JO-AQ"], census["JO-AT"]) == ("11", "34", "32")


def test_the_merger_of_2020(register: Register) -> None:
    organisations = register.organisations.set_index("org_id")
    for old in ("GB-GOV-3", "GB-1"):
        assert organisations.loc[old, "successor_org_id"] == "GB-GOV-1"
        assert organisations.loc[old, "valid_to"] == pd.Timestamp("2020-09-01")
    assert organisations.loc["GB-GOV-1", "valid_from"] == pd.Timestamp("2020-09-02")
    traditional = organisations.index[organisations["is_traditional"].astype(bool)]
    assert sorted(traditional) == ["GB-1", "GB-GOV-1", "GB-GOV-3", "GB-GOV-8"]


def test_organisation_identifiers_have_the_form_of_org_id(register: Register) -> None:
    form = re.compile(r"[A-Z]{2}(-[A-Z]{2,6})?-[A-Z0-9_-]+")
    assert [i for i in register.organisations["org_id"] if not form.fullmatch(i)] == []


def test_invented_organisations_say_so_and_bear_no_public_identifier(register: Register) -> None:
    invented = register.organisations[register.organisations["name"].str.contains("(invented)", regex=False)]
    assert set(invented["group_code"]) == {"LOCAL_CSO", "COMMUNITY", "PRIVATE", "ACADEMIC"}
    assert invented["org_id"].str.startswith("XX-LOCAL-").all()


def test_government_of_the_uk_is_marked(register: Register) -> None:
    organisations = register.organisations
    departments = organisations["group_code"].isin(["HMG_DEPT", "HMG_ALB"])
    assert organisations.loc[departments, "is_hmg"].all()
    assert not organisations.loc[organisations["group_code"] == "HOST_GOV", "is_hmg"].any()


def test_no_alias_repeats_a_name_of_its_own_organisation(register: Register) -> None:
    own = {
        (row.org_id, fold(text))
        for row in register.organisations.itertuples()
        for text in (row.name, row.name_ar, row.short_name)
        if isinstance(text, str)
    }
    aliases = register.organisation_aliases.query("scheme == 'name'")
    pairs = {(org, fold(value)) for value, org in zip(aliases["value"], aliases["org_id"], strict=True)}
    assert pairs & own == set()
