"""What this room says about a file as a whole, in Arabic: reasons of refusal, kinds of file, limits."""

from __future__ import annotations

import re
from functools import cache

# English with `*` where a figure or name stands -> Arabic with `*` in the same order.
_WORDINGS: dict[str, str] = {
    "the workbook is protected by a password": "المصنف محمي بكلمة مرور",
    "the archive is protected by a password": "الأرشيف محمي بكلمة مرور",
    "a part of it is protected by a password": "جزء منه محمي بكلمة مرور",
    "a part of it is packed in a way that is not supported": "جزء منه مضغوط بطريقة غير مدعومة",
    "the workbook is damaged or was not received completely": "المصنف تالف أو لم يصل كاملاً",
    "the workbook is damaged or is not what it claims to be": "المصنف تالف أو ليس كما يبدو",
    "the packed file is damaged or was not received completely": "الملف المضغوط تالف أو لم يصل كاملاً",
    "the archive or workbook is damaged or was not received completely": "الأرشيف أو المصنف تالف أو لم يصل كاملاً",
    "the gzip archive is damaged or was not received completely": "أرشيف gzip تالف أو لم يصل كاملاً",
    "no file of the archive can be used (*)": "لا يمكن استخدام أي ملف من الأرشيف (*)",
    "archives are packed inside one another too deeply": "الأرشيفات متداخلة أكثر مما ينبغي",
    "its content is nested too deeply": "محتواه متداخل أكثر مما ينبغي",
    "the JSON is nested too deeply": "بنية JSON متداخلة أكثر مما ينبغي",
    "it is not valid JSON (line *, column *)": "ليس JSON صالحاً (السطر *، العمود *)",
    "it is not well-formed XML": "ليس XML سليم البنية",
    "it is not well-formed XML (line *)": "ليس XML سليم البنية (السطر *)",
    "it declares XML entities of its own, which are never expanded": "يعرّف كيانات XML خاصة به وهي لا تُوسَّع أبداً",
    "no HXL tag row in the first * rows": "لا يوجد صف وسوم HXL في أول * صفاً",
    "a list that should hold records holds plain values": "القائمة التي ينبغي أن تضم سجلات تضم قيماً مفردة",
    "there is no table in it": "لا يوجد فيه جدول",
    "a table without HXL tags": "جدول بلا وسوم HXL",
    "an IATI organisation file": "ملف منظمات IATI",
    "XML of another kind": "XML من نوع آخر",
    "comma": "فاصلة",
    "semicolon": "فاصلة منقوطة",
    "tab": "علامة جدولة",
    "vertical bar": "خط عمودي",
    "colon": "نقطتان",
    "blank": "مسافة",
    "more": "أكثر من ذلك",
    "nothing": "لا شيء",
    "a list of records": "قائمة سجلات",
    "a list": "قائمة",
    "* rows": "* صفاً",
    "* columns": "* عموداً",
    "* cells": "* خلية",
    "* values": "* قيمة",
    "* tags": "* وسماً",
    "* tags in one record": "* وسماً في السجل الواحد",
    "* characters in a cell": "* حرفاً في الخلية",
    "* levels of nesting": "* مستوى من التداخل",
    "* packed files": "* ملفاً مضغوطاً",
    "* archives inside one another": "* أرشيفات متداخلة",
    "* MB": "* ميغابايت",
    "* MB unpacked": "* ميغابايت بعد فك الضغط",
    "more than * MB unpacked": "أكثر من * ميغابايت بعد فك الضغط",
    "* MB unpacked from * MB": "* ميغابايت بعد فك الضغط من * ميغابايت",
    "* rows in the sheet *": "* صفاً في الورقة *",
    "* columns in the sheet *": "* عموداً في الورقة *",
    "* cells in the sheet *": "* خلية في الورقة *",
    "* seconds of reading": "* ثانية من القراءة",
    "* cells, nearly all empty": "* خلية معظمها فارغة",
    "values as far away as * in *": "قيماً بعيدة حتى الخلية * في الورقة *",
    "* MB of memory": "* ميغابايت من الذاكرة",
    "* MB in one row": "* ميغابايت في الصف الواحد",
    "* MB in an unusual sheet": "* ميغابايت في ورقة مكتوبة بطريقة غير معتادة",
    "a sheet of the workbook is not written in UTF-8": "إحدى أوراق المصنف ليست مكتوبة بترميز UTF-8",
    "two different parts of the workbook have the same name": "جزآن مختلفان من المصنف لهما الاسم نفسه",
    "hidden": "مخفية",
    "very hidden": "مخفية تماماً",
    "more than * levels of nesting": "أكثر من * مستوى من التداخل",
    "more than * rows": "أكثر من * صفاً",
    "more than * characters in a cell": "أكثر من * حرفاً في الخلية",
}


def in_arabic(english: str) -> str | None:
    """The Arabic wording, None where there is none: names, tags and figures are the same in both languages."""
    if english in _WORDINGS:
        return _WORDINGS[english]
    for pattern, arabic in _patterns():
        found = pattern.fullmatch(english)
        if found:
            return arabic.replace("*", "{}").format(*found.groups())
    return None


@cache
def _patterns() -> list[tuple[re.Pattern[str], str]]:
    return [
        (re.compile(re.escape(english).replace(r"\*", "(.+?)"), re.DOTALL), arabic)
        for english, arabic in _WORDINGS.items()
        if "*" in english
    ]
