"""Governorates of Jordan as reporters write them. Identifiers are ISO 3166-2; the codes of two other schemes are public."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Governorate:
    """Names and codes of one governorate; `progres` is the JORnnn scheme, `icrc` the JOnnn scheme that resembles it."""

    iso: str
    name: str
    variant: str
    arabic: str
    progres: str
    icrc: str


GOVERNORATES = (
    Governorate("JO-AJ", "Ajloun", "Ajlun", "عجلون", "JOR001", "JO001"),
    Governorate("JO-AM", "Amman", "Amman", "عمان", "JOR005", "JO005"),
    Governorate("JO-AQ", "Aqaba", "Aqaba", "العقبة", "JOR003", "JO002"),
    Governorate("JO-AT", "Tafilah", "Tafileh", "الطفيلة", "JOR006", "JO006"),
    Governorate("JO-AZ", "Zarqa", "Zarqa", "الزرقاء", "JOR012", "JO007"),
    Governorate("JO-BA", "Balqa", "Balqa", "البلقاء", "JOR002", "JO012"),
    Governorate("JO-IR", "Irbid", "Irbid", "إربد", "JOR007", "JO008"),
    Governorate("JO-JA", "Jerash", "Jarash", "جرش", "JOR008", "JO009"),
    Governorate("JO-KA", "Karak", "Karak", "الكرك", "JOR004", "JO003"),
    Governorate("JO-MA", "Mafraq", "Mafraq", "المفرق", "JOR011", "JO004"),
    Governorate("JO-MD", "Madaba", "Madaba", "مادبا", "JOR010", "JO011"),
    Governorate("JO-MN", "Ma'an", "Maan", "معان", "JOR009", "JO010"),
)
BY_ISO = {g.iso: g for g in GOVERNORATES}
COUNTRY = "JO"
EVERYWHERE = tuple(BY_ISO)
