"""The register: overlays, broken rows, and what must hold between rows."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from idtracker.model.errors import DefinitionError
from idtracker.model.register.checks.all import check_register
from idtracker.model.register.register import Register

Overlay = Callable[..., Path]
ORGANISATIONS = "org_id,name,group_code,is_hmg,is_traditional,parent_org_id,successor_org_id,valid_from,valid_to\n"
INDICATORS = (
    "indicator_id,name,unit,direction,weight,level,frequency,roll_up,max_age_days,merge_policy,"
    "dimension_code,goalpost_low,goalpost_high,priority_org_id\n"
)
CODELISTS = "scheme,version,code,label_en,parent_code,valid_from,valid_to\n"


def problems_of(sources: Path) -> list[str]:
    with pytest.raises(DefinitionError) as caught:
        Register.load(sources)
    return caught.value.problems


def test_the_bundled_register_is_sound() -> None:
    assert check_register(Register.load()) == []


def test_a_folder_without_overlays_gives_the_bundled_register(tmp_path: Path) -> None:
    assert Register.load(tmp_path).fingerprint == Register.load().fingerprint


def test_an_overlay_adds_and_replaces(overlay: Overlay) -> None:
    sources = overlay(
        organisations=ORGANISATIONS
        + "XX-LOCAL-JO-NEW,New Body,LOCAL_CSO,false,false,,,,\nGB-GOV-24,ONS renamed,HMG_ALB,true,false,,,,\n",
        places="place_id,name,level,parent_id,population\nJO-MA,Mafraq,adm1,JO,550000\n",
        organisation_aliases="scheme,value,org_id\nname,Newbies,XX-LOCAL-JO-NEW\n",
        codelists=CODELISTS + "effect_tier,IDTIER-2,T5,Beyond,,,\n",
    )
    register, bundled = Register.load(sources), Register.load()
    organisations = register.organisations.set_index("org_id")
    assert organisations.loc["XX-LOCAL-JO-NEW", "name"] == "New Body"
    assert organisations.loc["GB-GOV-24", "group_code"] == "HMG_ALB"
    assert len(register.organisations) == len(bundled.organisations) + 1
    assert len(register.places) == len(bundled.places)
    assert register.places.set_index("place_id").loc["JO-MA", "population"] == 550000
    assert "T5" in register.codes("effect_tier")
    assert register.codes("effect_tier")[:2] == ["T0", "T1"]
    assert register.fingerprint != bundled.fingerprint


def test_an_alias_may_be_moved_to_another_organisation(overlay: Overlay) -> None:
    sources = overlay(organisation_aliases="scheme,value,org_id\nname,Mercy Corps,GB-GOV-8\n")
    aliases = Register.load(sources).organisation_aliases
    assert aliases.loc[aliases["value"] == "Mercy Corps", "org_id"].tolist() == ["GB-GOV-8"]


def test_the_fingerprint_follows_the_bytes_and_not_the_folder(tmp_path: Path) -> None:
    prints = []
    for name in ("one", "two"):
        (tmp_path / name / "_reference").mkdir(parents=True)
        (tmp_path / name / "_reference" / "places.csv").write_text("place_id,name,level\nXK,Kosovo,country\n")
        prints.append(Register.load(tmp_path / name).fingerprint)
    assert prints[0] == prints[1]


def test_tables_carry_the_names_of_the_store() -> None:
    assert list(Register.load().tables()) == [
        "organisation",
        "organisation_alias",
        "place",
        "place_code",
        "indicator",
        "codelist",
        "unit",
        "currency",
        "exchange_rate",
        "series_break",
        "code_crosswalk",
        "place_share",
    ]


def test_every_broken_row_is_named_with_file_and_line(overlay: Overlay) -> None:
    sources = overlay(
        organisations=ORGANISATIONS
        + "\nXX-1,One,LOCAL_CSO,perhaps,false,,,,\n"
        + "XX-2,Two,LOCAL_CSO,false,false,,,01/02/2020,\n"
        + "XX-3,,LOCAL_CSO,false,false,,,,\n"
        + "XX-4,Four\n"
        + "XX-5,Five,OTHER,false,false,,,,\n"
        + "XX-5,Five again,OTHER,false,false,,,,\n",
        indicators=INDICATORS + "I1,One,%,2,a lot,adm1,weekly,mean,10,median,,,,\n",
    )
    found = "\n".join(problems_of(sources))
    assert "organisations.csv:3: `is_hmg` is `perhaps`; expected true or false" in found
    assert "organisations.csv:4: `valid_from` is `01/02/2020`; expected a date such as 2020-09-01" in found
    assert "organisations.csv:5: `name` is empty; expected text" in found
    assert "organisations.csv:6: has 2 cells; expected 9" in found
    assert "organisations.csv:8: repeats the org_id, valid_from of line 7" in found
    assert "indicators.csv:2: `direction` is `2`; expected one of 1, -1" in found
    assert "indicators.csv:2: `weight` is `a lot`; expected a number" in found
    assert "indicators.csv:2: `frequency` is `weekly`; expected one of month" in found
    assert len(problems_of(sources)) == 8


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("place_id,name,stage\nXK,Kosovo,country\n", "places.csv:1: column `level` is missing"),
        ("place_id,name,level,stage\nXK,Kosovo,country,\n", "places.csv:1: column `stage` is not known"),
        ("place_id,name,name,level\nXK,Kosovo,,country\n", "places.csv:1: column `name` stands twice"),
        ("", "places.csv:1: column `place_id` is missing"),
    ],
)
def test_a_wrong_heading_is_named(overlay: Overlay, text: str, expected: str) -> None:
    assert any(expected in p for p in problems_of(overlay(places=text)))


def test_text_that_is_not_utf8_is_named(overlay: Overlay) -> None:
    sources = overlay(places="")
    (sources / "_reference" / "places.csv").write_bytes("place_id,name,level\nXK,كوسوفو,country\n".encode("cp1256"))
    assert "places.csv:1: not readable" in problems_of(sources)[0]


def test_a_file_with_nearly_the_right_name_is_not_passed_over(overlay: Overlay) -> None:
    (problem,) = problems_of(overlay(organisation=ORGANISATIONS))
    assert problem.endswith("organisation.csv: not a reference table; expected `organisations.csv`")
    assert Register.load(overlay_without(overlay)).fingerprint


def overlay_without(overlay: Overlay) -> Path:
    sources = overlay(contacts="role,since\ndata team,2024\n")
    (sources / "_reference" / "organisation.csv").unlink()
    return sources


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        ({"organisations": ORGANISATIONS + "XX-1,One,OTHER,false,false,XX-9,,,\n"},
         "organisations.csv:2: `parent_org_id` is `XX-9`; expected a known organisation"),
        ({"organisations": ORGANISATIONS + "XX-1,One,FRIENDS,false,false,,,,\n"},
         "organisations.csv:2: `group_code` is `FRIENDS`; expected a known code of organisation_group"),
        ({"organisations": ORGANISATIONS + "XX-1,One,OTHER,false,false,,,2020-02-01,2020-01-01\n"},
         "organisations.csv:2: `valid_to` lies before `valid_from`"),
        ({"organisations": ORGANISATIONS + "XX-1,One,OTHER,false,false,,,,2020-01-01\n"
          "XX-1,One,OTHER,false,false,,,2020-01-01,\n"},
         "organisations.csv:3: XX-1 is valid twice on 2020-01-01"),
        ({"organisations": ORGANISATIONS + "XX-1,One,OTHER,false,false,,,,2020-01-01\n"
          "XX-1,One,OTHER,false,false,,,2020-01-03,\n"},
         "organisations.csv:3: XX-1 has a gap before 2020-01-03"),
        ({"organisations": ORGANISATIONS + "XX-1,One,OTHER,false,false,,GB-GOV-8,,\n"},
         "organisations.csv:2: XX-1 has a successor but no `valid_to`"),
        ({"organisations": ORGANISATIONS + "XX-1,One,OTHER,false,false,,GB-GOV-53,,2020-01-01\n"},
         "organisations.csv:2: nobody follows XX-1 after 2020-01-01"),
        ({"organisations": ORGANISATIONS + "XX-1,One,OTHER,false,false,XX-2,,,\nXX-2,Two,OTHER,false,false,XX-1,,,\n"},
         "organisations.csv:2: `parent_org_id` runs in a circle: XX-1 > XX-2 > XX-1"),
        ({"organisations": ORGANISATIONS + "XX-1,hmrc,OTHER,false,false,,,,\n"},
         "`hmrc` names both GB-GOV-11 and XX-1; expected one of them at any time"),
        ({"organisation_aliases": "scheme,value,org_id\nname,Nobody,XX-9\n"},
         "organisation_aliases.csv:2: `org_id` is `XX-9`; expected a known organisation"),
        ({"places": "place_id,name,level,parent_id\nXX-A,Alpha,adm1,XX\n"},
         "places.csv:2: `parent_id` is `XX`; expected a known place"),
        ({"places": "place_id,name,level,parent_id\nXX-A,Alpha,adm1,\n"},
         "places.csv:2: XX-A has no `parent_id`"),
        ({"places": "place_id,name,level,parent_id\nXX-A,Alpha,adm1,XX-B\nXX-B,Beta,adm1,XX-A\n"},
         "places.csv:2: `parent_id` runs in a circle: XX-A > XX-B > XX-A"),
        ({"place_codes": "scheme,code,place_id\nname,Karak,JO-MA\n"},
         "`karak` means JO-KA and JO-MA; expected one place"),
        ({"place_codes": "scheme,code,place_id\nname,Elsewhere,ZZ\n"},
         "place_codes.csv:2: `place_id` is `ZZ`; expected a known place"),
        ({"indicators": INDICATORS + "I1,One,%,1,1,adm1,month,mean,10,median,BSF9,0,1,\n"},
         "indicators.csv:2: `dimension_code` is `BSF9`"),
        ({"indicators": INDICATORS + "I1,One,%,1,1,adm1,month,mean,10,median,BSF1,3,3,\n"},
         "indicators.csv:2: the goalposts are equal"),
        ({"indicators": INDICATORS + "I1,One,%,1,1,adm1,month,mean,10,median,BSF1,3,,\n"},
         "indicators.csv:2: a dimension needs both goalposts"),
        ({"indicators": INDICATORS + "I1,One,%,1,-1,adm1,month,mean,-10,priority,,,,\n"},
         "indicators.csv:2: `weight` is negative"),
        ({"indicators": INDICATORS + "I1,One,%,1,1,adm1,month,mean,10,priority,,,,\n"},
         "indicators.csv:2: `merge_policy` is priority; expected a `priority_org_id`"),
        ({"indicators": INDICATORS + "I1,One,%,1,1,adm1,month,mean,10,median,,,,\n"
          "I2,ONE,%,1,1,adm1,month,mean,10,median,,,,\n"},
         "indicators.csv:3: `one` names I1 and I2; expected one indicator"),
        ({"codelists": CODELISTS + "colour,1,R,Red,X,,\n"},
         "codelists.csv:2: `parent_code` is `X`; expected a code of colour"),
        ({"codelists": CODELISTS + "colour,1,R,Red,,2020-01-02,2020-01-01\n"},
         "codelists.csv:2: `valid_to` lies before `valid_from`"),
        ({"codelists": CODELISTS + "colour,1,R,Red,B,,\ncolour,1,B,Blue,R,,\n"},
         "codelist colour: `parent_code` runs in a circle: B > R > B"),
        ({"codelists": CODELISTS + "colour,1,R,Red,,,\ncolour,1,S,red,,,\n"},
         "codelists.csv:3: colour `red` means R and S; expected one code"),
        ({"code_aliases": "scheme,value,code\ntlp,PINK,ROSE\n"},
         "code_aliases.csv:2: `code` is `ROSE`; expected a code of the codelist tlp"),
    ],
)  # fmt: skip
def test_rows_that_cannot_be_true_together_are_named(overlay: Overlay, files: dict[str, str], expected: str) -> None:
    assert any(expected in p for p in problems_of(overlay(**files)))
