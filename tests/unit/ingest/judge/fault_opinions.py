"""Clean tables of judgements, claims, events, ties and roles, with one mistake for each rule about them."""

from __future__ import annotations

from datetime import date

from fault_words import FCDO, MOD, NO, YES, Fault, Said, Table

JUDGEMENTS = Table(
    "judgements",
    "judgement",
    ("reference",),
    {
        "reference": ("Judgement", "التقدير"),
        "scenario": ("Scenario", "السيناريو"),
        "yardstick": ("Term", "المصطلح"),
        "probability": ("Best %", "أفضل تقدير %"),
        "resolved_on": ("Resolved on", "تاريخ الحسم"),
        "has_occurred": ("Happened", "هل حدث"),
    },
    {
        "reference": "J-#",
        "scenario": Said("Calm", "هدوء"),
        "yardstick": Said("likely", "مرجح"),
        "probability": 60,
        "resolved_on": date(2026, 3, 31),
        "has_occurred": NO,
    },
    (
        Fault("judgement.yardstick_gap", "probability", {"yardstick": None, "probability": 52}),
        Fault("judgement.yardstick_term", "probability", {"probability": 15}),
        Fault("judgement.outcome_missing", "resolved_on", {"has_occurred": None}),
        Fault("value.flag", "has_occurred", {"has_occurred": Said("perhaps", "ربما"), "resolved_on": None}),
        Fault("value.range", "probability", {"yardstick": None, "probability": 150}),
    ),
)
RANGES = Table(
    "ranges",
    "judgement",
    ("reference",),
    {
        "reference": ("Estimate", "رقم التقدير"),
        "scenario": ("Question", "السؤال"),
        "yardstick": ("Term", "المصطلح"),
        "icd203": ("ICD term", "مصطلح ICD"),
        "value_low": ("Lowest", "الأدنى"),
        "value_best": ("Best", "الأفضل"),
        "value_high": ("Highest", "الأعلى"),
        "confidence_pct": ("Sure %", "الثقة %"),
    },
    {
        "reference": "Q-#",
        "scenario": Said("Displaced families", "الأسر النازحة"),
        "yardstick": None,
        "icd203": None,
        "value_low": 20,
        "value_best": 40,
        "value_high": 60,
        "confidence_pct": 80,
    },
    (
        Fault("judgement.two_schemes", "icd203", {"yardstick": Said("likely", "مرجح"), "icd203": "I5"}),
        Fault("judgement.confidence", "confidence_pct", {"confidence_pct": 0}),
        Fault("judgement.one_sided", "value_low", {"value_high": None}),
    ),
)
CLAIMS = Table(
    "claims",
    "effect_claim",
    ("reference",),
    {
        "reference": ("Claim", "الدعوى"),
        "tier": ("Tier", "المستوى"),
        "estimator": ("Estimator", "طريقة التقدير"),
        "cells_count": ("Groups", "المجموعات"),
        "catalytic_type": ("Catalytic type", "نوع الأثر المحفز"),
        "organisation": ("Claimed by", "الجهة المدّعية"),
        "status": ("State", "حالة الدعوى"),
        "reviewer": ("Reviewed by", "الجهة المراجِعة"),
    },
    {
        "reference": "C-#",
        "tier": "T1",
        "estimator": "IC",
        "cells_count": 4,
        "catalytic_type": None,
        "organisation": FCDO,
        "status": "VALIDATED",
        "reviewer": MOD,
    },
    (
        Fault("judgement.effect_cells", "cells_count", {"cells_count": 2}),
        Fault("judgement.own_review", "reviewer", {"reviewer": FCDO}),
        Fault("judgement.review_missing", "status", {"reviewer": None}),
        Fault("judgement.effect_outside", "tier", {"tier": "T4", "catalytic_type": "SCALE_UP"}),
    ),
)
ACTORS = Table(
    "actors",
    "pai_record",
    ("actor", "ladder", "observed_on"),
    {
        "actor": ("Actor", "الجهة الفاعلة"),
        "ladder": ("Ladder", "السلّم"),
        "level": ("Level", "المستوى"),
        "observed_on": ("Observed on", "تاريخ الملاحظة"),
    },
    {"actor": "ACT-#", "ladder": "ACCESS", "level": 2, "observed_on": date(2026, 1, 5)},
    (Fault("judgement.actor_in_clear", "actor", {"actor": Said("Deputy Minister", "نائب الوزير")}),),
)
EVENTS = Table(
    "events",
    "event",
    ("reference",),
    {
        "reference": ("Event", "الحدث"),
        "event_on": ("Day", "اليوم"),
        "latitude": ("Latitude", "خط العرض"),
        "longitude": ("Longitude", "خط الطول"),
    },
    {"reference": "E-#", "event_on": date(2026, 1, 5), "latitude": 31.95, "longitude": 35.93},
    (
        Fault("cross.coordinates_swapped", "latitude", {"latitude": 35.93, "longitude": 31.95}),
        Fault("cross.coordinates_zero", "latitude", {"latitude": 0, "longitude": 0}),
        Fault("cross.coordinates_incomplete", "latitude", {"longitude": None}),
        Fault("value.range", "longitude", {"longitude": 359.3}),
    ),
)
TIES = Table(
    "ties",
    "collaboration_tie",
    ("from_organisation", "to_organisation", "period", "value_power"),
    {
        "from_organisation": ("From", "من"),
        "to_organisation": ("To", "إلى"),
        "period": ("Round", "الجولة"),
        "frey_level": ("Level", "مستوى التعاون"),
        "trust_mission": ("Trust", "الثقة"),
        "value_power": ("Power", "النفوذ"),
    },
    {
        "from_organisation": FCDO,
        "to_organisation": MOD,
        "period": "2026-Q1",
        "frey_level": 3,
        "trust_mission": 2,
        "value_power": 1,
    },
    (
        Fault("cross.same_organisation", "to_organisation", {"to_organisation": FCDO}),
        Fault("cross.trust_without_tie", "trust_mission", {"frey_level": 0, "value_power": 2}),
    ),
    clean=1,
)
ROLES = Table(
    "roles",
    "governance_role",
    ("scope", "role", "period"),
    {
        "scope": ("Scope", "النطاق"),
        "role": ("Role", "الدور"),
        "period": ("Review", "المراجعة"),
        "organisation": ("Holder", "شاغل الدور"),
        "is_filled": ("Filled", "مشغول"),
    },
    {"scope": "O-#", "role": "DELIVERY_LEAD", "period": "2026-Q1", "organisation": FCDO, "is_filled": YES},
    (Fault("cross.role_without_holder", "is_filled", {"organisation": None}),),
)
