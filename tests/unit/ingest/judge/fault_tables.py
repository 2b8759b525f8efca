"""Clean tables in two languages, and for each rule of rows and fields one mistake in one row of its own."""

from __future__ import annotations

from datetime import date

from fault_opinions import CLAIMS, EVENTS, JUDGEMENTS, ROLES, TIES
from fault_words import ATLANTIS, DFID, FCDO, MAFRAQ, OLD_TOWN, UNHCR, UNKNOWN_ORG, Fault, Said, Table

RETURNS = Table(
    "returns",
    "activity_cell",
    ("reference", "place"),
    {
        "reference": ("Reference", "المرجع"),
        "place": ("Governorate", "المحافظة"),
        "partner": ("Counterpart", "الجهة المقابلة"),
        "organisation": ("Organisation", "الجهة"),
        "status": ("Status", "الحالة"),
        "start_on": ("Start", "تاريخ البداية"),
        "end_on": ("End", "تاريخ النهاية"),
        "spend": ("Spend", "الإنفاق"),
        "spend_currency": ("Currency", "العملة"),
        "people_targeted": ("Targeted", "المستهدفون"),
        "people_reached": ("Reached", "من تم الوصول إليهم"),
    },
    {
        "reference": "ACT-#",
        "place": MAFRAQ,
        "partner": UNHCR,
        "organisation": FCDO,
        "status": "2",
        "start_on": date(2026, 1, 5),
        "end_on": date(2026, 2, 5),
        "spend": 100.5,
        "spend_currency": "GBP",
        "people_targeted": 20,
        "people_reached": 12,
    },
    (
        Fault("value.required", "reference", {"reference": None}),
        Fault("value.number", "people_reached", {"people_reached": Said("several", "بضعة")}),
        Fault("value.integer", "people_targeted", {"people_targeted": 20.5}),
        Fault("value.date", "start_on", {"start_on": "2026-02-30"}),
        Fault("value.money", "spend", {"spend": Said("a lot", "مبلغ كبير")}),
        Fault("value.code", "status", {"status": "17"}),
        Fault("value.range", "people_reached", {"people_reached": -4}),
        Fault("value.digits", "spend", {"spend": "1.234,50"}),
        Fault("value.ambiguous_number", "spend", {"spend": "1,234"}),
        Fault("value.formula_error", "spend", {"spend": "#DIV/0!"}),
        Fault("name.organisation", "partner", {"partner": UNKNOWN_ORG}),
        Fault("name.organisation_held", "organisation", {"organisation": UNKNOWN_ORG}),
        Fault("name.organisation_inactive", "partner", {"partner": DFID}),
        Fault("name.place", "place", {"place": ATLANTIS}),
        Fault("period.order", "end_on", {"start_on": date(2026, 3, 1)}),
        Fault("count.subset", "people_reached", {"people_reached": 21}),
        Fault("cross.currency", "spend", {"spend_currency": None}),
        Fault("cross.start_missing", "end_on", {"start_on": None}),
        Fault("row.duplicate", "reference", {}, ({},), found=(1,)),
        Fault("row.duplicate_key", "reference", {}, ({"people_reached": 13},), found=(0, 1)),
        Fault(
            "row.control_characters",
            "partner",
            {"partner": Said("UN\u202eHCR", "المفوضية السامية للأمم \u202eالمتحدة لشؤون اللاجئين")},
        ),
        Fault("row.total", "reference", {"reference": Said("Grand total", "المجموع الكلي")}),
        Fault("calendar.hijri", "start_on", {"start_on": Said("16 Rajab 1447", "١٦ رجب ١٤٤٧")}),
        Fault("row.ragged", "", {"": "seen again"}, formats=("csv",)),
    ),
    {"reference": {"required": True}, "people_reached": {"minimum": 0}, "organisation": {"unknown": "hold"}},
)
OBSERVATIONS = Table(
    "observations",
    "observation",
    ("indicator", "place", "period", "note"),
    {
        "indicator": ("Indicator", "المؤشر"),
        "place": ("Place", "المكان"),
        "period": ("Period", "الفترة"),
        "value": ("Value", "القيمة"),
        "lower": ("Low", "الحد الأدنى"),
        "upper": ("High", "الحد الأعلى"),
        "unit": ("Measured in", "وحدة القياس"),
        "reliability": ("Grade", "التصنيف"),
        "note": ("Remark", "ملاحظة"),
    },
    {
        "indicator": Said("First indicator", "المؤشر الأول"),
        "place": MAFRAQ,
        "period": "2026-Q1",
        "value": 50,
        "lower": 40,
        "upper": 60,
        "unit": Said("points", "نقاط"),
        "reliability": "B",
        "note": "N-#",
    },
    (
        Fault("value.number", "value", {"value": Said("about fifty", "نحو خمسين")}),
        Fault("value.period", "period", {"period": "2026-Q5"}),
        Fault("value.range", "value", {"indicator": Said("A share", "نسبة"), "unit": "%", "value": 150, "upper": 160}),
        Fault("period.future", "period", {"period": "2026-Q4"}),
        Fault("interval.order", "value", {"value": 70}),
        Fault("grade.ungraded", "reliability", {"reliability": "F"}),
        Fault("name.place_kept", "place", {"place": ATLANTIS}),
        Fault("name.place_inactive", "place", {"place": OLD_TOWN}),
        Fault("name.indicator", "indicator", {"indicator": Said("Mood", "المزاج")}),
        Fault("unit.unknown", "unit", {"unit": Said("heartbeats", "نبضات")}),
        Fault("unit.other_dimension", "unit", {"unit": Said("minutes", "دقائق")}),
        Fault(
            "unit.converted",
            "value",
            {
                "indicator": Said("A share", "نسبة"),
                "unit": Said("share", "كسر"),
                "value": 0.5,
                "lower": 0.4,
                "upper": 0.6,
            },
        ),
    ),
    {"place": {"unknown": "keep"}},
)
OPEN_DATA = Table(
    "open_data",
    "observation",
    ("indicator", "place", "period", "disaggregation"),
    {
        "indicator": ("Series", "السلسلة"),
        "place": ("Area", "المنطقة"),
        "period": ("Quarter", "ربع السنة"),
        "disaggregation": ("Breakdown", "التفصيل"),
        "value": ("Figure", "الرقم"),
    },
    {
        "indicator": Said("Incidents", "الحوادث"),
        "place": MAFRAQ,
        "period": "2026-Q1",
        "disaggregation": "group-#",
        "value": 50,
    },
    (
        Fault("name.indicator_kept", "indicator", {"indicator": Said("Mood", "المزاج")}),
        Fault(
            "cross.breakdown",
            "value",
            {"disaggregation": None, "value": 100},
            ({"disaggregation": "sex=f", "value": 80}, {"disaggregation": "sex=m", "value": 40}),
        ),
    ),
    {"indicator": {"unknown": "keep"}},
)
SCORES = Table(
    "scores",
    "result_value",
    ("reference", "result_indicator", "period"),
    {
        "reference": ("Programme", "البرنامج"),
        "result_indicator": ("Reviewed", "موضوع المراجعة"),
        "period": ("Financial year", "السنة المالية"),
        "score_scheme": ("Scheme", "نظام التقييم"),
        "score_code": ("Score", "الدرجة"),
    },
    {
        "reference": "ACT-#",
        "result_indicator": Said("Outputs", "المخرجات"),
        "period": "2025/26",
        "score_scheme": "FCDO_AR",
        "score_code": "A+",
    },
    (Fault("cross.score_without_scheme", "score_code", {"score_scheme": None}),),
)
ACTIVITIES = Table(
    "activities",
    "activity",
    ("reference",),
    {
        "reference": ("Activity", "النشاط"),
        "title": ("Title", "العنوان"),
        "end_on": ("Ended on", "تاريخ الانتهاء"),
        "fund": ("Fund", "الصندوق"),
    },
    {"reference": "ACT-#", "title": Said("Training", "تدريب"), "end_on": date(2026, 2, 5), "fund": "ISF"},
    (Fault("value.code_validity", "fund", {"end_on": date(2024, 3, 31)}),),
    clean=40,
)
PAYMENTS = Table(
    "payments",
    "transaction",
    ("reference",),
    {
        "reference": ("Payment", "الدفعة"),
        "activity": ("Paid for", "مقابل النشاط"),
        "amount": ("Amount", "المبلغ"),
        "amount_currency": ("Unit of money", "وحدة النقد"),
    },
    {"reference": "PAY-#", "activity": "ACT-1", "amount": 7, "amount_currency": "JOD"},
    (Fault("cross.reference", "activity", {"activity": "ACT-99"}, formats=("xlsx", "json")),),
)
TABLES = (RETURNS, OBSERVATIONS, OPEN_DATA, JUDGEMENTS, CLAIMS, EVENTS, TIES, ROLES, SCORES, ACTIVITIES, PAYMENTS)
PLACES = (
    "place_id,name,name_ar,level,parent_id,valid_from,valid_to\nJO-OLD,Old Town,البلدة القديمة,adm2,JO-MA,,2020-12-31\n"
)
INDICATORS = (
    "indicator_id,name,name_ar,unit,direction,weight,level,frequency,roll_up,max_age_days,merge_policy\n"
    "IND-1,First indicator,المؤشر الأول,points,1,1,adm1,quarter,mean,200,median\n"
    "IND-2,A share,نسبة,%,1,1,adm1,quarter,mean,200,median\n"
    "IND-3,Incidents,الحوادث,incidents,-1,1,adm1,quarter,sum,200,median\n"
)
