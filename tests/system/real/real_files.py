"""The real files and their texts as other libraries read them."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import openpyxl
from lxml import etree

FILES = {
    "dfid_congo_activities": "02_iati/dfid_CD_v1.01_2013.xml",
    "fco_spending": "10_ukgov/spend25k/fco_2016_01.csv",
    "iati_jordan_activities": "01_3w/jor_iati_activities_hxl.csv",
    "iom_humanitarian_activities": "02_iati/iom_v2.03_2019_many_refs.xml",
    "ocha_guatemala_presence": "01_3w/gtm_345w.csv",
    "ocha_guinea_presence": "01_3w/gin_3w_sample_hxl.csv",
    "ocha_iraq_presence": "01_3w/irq_3w_2021_longtable.xlsx",
    "ocha_libya_presence": "01_3w/lby_3w_may2021.xlsx",
    "ocha_somalia_presence": "01_3w/som_3w_mar2022.xlsx",
    "ocha_sudan_presence": "01_3w/sdn_3w_2021.xlsx",
    "ocha_syria_presence": "01_3w/syr_3w_2021.xlsx",
    "rowca_sahel_reporting": "01_3w/rowca_3w_2014.csv",
    "ucdp_bangladesh_events": "03_events/ucdp_ged191_bgd_hxl.csv",
    "unhcr_refugee_presence": "01_3w/unhcr_3w_2014.csv",
    "worldbank_governance_indicators": "04_indicators/worldbank_wgi.xlsx",
    "yemen_education_presence": "01_3w/yem_education_4w_2019.xlsx",
}


def read_csv(path: Path) -> list[dict[str, str]]:
    """Rows under the first line of a comma-separated file, without the row of HXL tags if there is one."""
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return rows[1:] if any(text.startswith("#") for text in rows[0].values()) else rows


def read_sheets(path: Path) -> dict[str, list[tuple[Any, ...]]]:
    """Sheet -> rows of values."""
    book = openpyxl.load_workbook(path, read_only=True, data_only=True)
    return {sheet.title: list(sheet.iter_rows(values_only=True)) for sheet in book}


def read_xml(path: Path) -> Any:
    """The document, to be asked by XPath."""
    return etree.parse(path)
