"""Organisations of the programme: identifiers, and the names under which reporters write them."""

from __future__ import annotations

FCDO, FCO, DFID = "GB-GOV-1", "GB-GOV-3", "GB-1"
MOD, HMRC, ONS, HOME = "GB-GOV-8", "GB-GOV-11", "GB-GOV-24", "GB-GOV-6"
UNDP, UNHCR, UNICEF, WFP, IOM = (
    "XM-DAC-41114",
    "XM-DAC-41121",
    "XM-DAC-41122",
    "XM-DAC-41140",
    "XM-DAC-47066",
)
MOI, MOPIC, MOLA, DOS, ISTD, CUSTOMS, ARMY, POLICE, LABOUR = (
    "XX-LOCAL-JO-MOI",
    "XX-LOCAL-JO-MOPIC",
    "XX-LOCAL-JO-MOLA",
    "XX-LOCAL-JO-DOS",
    "XX-LOCAL-JO-ISTD",
    "XX-LOCAL-JO-CUSTOMS",
    "XX-LOCAL-JO-JAF",
    "XX-LOCAL-JO-PSD",
    "XX-LOCAL-JO-MOL",
)
HORIZON, NAHR, WOMEN, COMMITTEE, LOGISTICS, OBSERVATORY, UNIVERSITY = (
    "XX-LOCAL-JO-HORIZON",
    "XX-LOCAL-JO-NAHR-CSO",
    "XX-LOCAL-JO-SANABEL-CSO",
    "XX-LOCAL-JO-MAFRAQ-COMMITTEE",
    "XX-LOCAL-JO-QANTARA",
    "XX-LOCAL-JO-OBSERVATORY",
    "XX-LOCAL-JO-WADI-UNI",
)
NAMES = {
    FCDO: "FCDO",
    FCO: "FCO",
    DFID: "DFID",
    MOD: "MOD",
    HMRC: "HMRC",
    ONS: "ONS",
    HOME: "Home Office",
    UNDP: "UNDP",
    UNHCR: "UNHCR",
    UNICEF: "UNICEF",
    WFP: "WFP",
    IOM: "IOM",
    MOI: "Ministry of Interior",
    MOPIC: "Ministry of Planning and International Cooperation",
    MOLA: "Ministry of Local Administration",
    DOS: "Department of Statistics",
    ISTD: "Income and Sales Tax Department",
    CUSTOMS: "Jordan Customs",
    ARMY: "Jordan Armed Forces",
    POLICE: "Public Security Directorate",
    LABOUR: "Ministry of Labour",
    HORIZON: "Horizon Bridges",
    NAHR: "Nahr Centre for Community Peace",
    WOMEN: "Sanabel Women's Association",
    COMMITTEE: "Mafraq Community Committee",
    LOGISTICS: "Al-Qantara Logistics",
    OBSERVATORY: "Levant Event Observatory",
    UNIVERSITY: "University of the Wadi",
}
DEPARTMENTS = (FCDO, MOD, HMRC, ONS, HOME)
PARTNERS = (MOI, MOPIC, MOLA, DOS, POLICE, UNDP, UNHCR, HORIZON, NAHR, WOMEN)
