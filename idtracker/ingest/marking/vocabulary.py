"""The words of protective markings, folded and in lower case: levels, owners, caveats, and the labels that lead to them."""

from __future__ import annotations

from enum import IntEnum


class Strength(IntEnum):
    """How little else a wording can mean."""

    WEAK = 1
    """An everyday word: PROTECT, RESTRICTED, CONFIDENTIAL."""
    PLAIN = 2
    """SECRET alone, or an everyday word with a descriptor (PROTECT - PERSONAL)."""
    FREE = 3
    """SECRET, a mark that separates, and words that nobody knows."""
    STRONG = 4
    """TOP SECRET, a level with its owner (UK SECRET), or with a caveat (SECRET UK EYES ONLY)."""


LEVELS: dict[tuple[str, ...], tuple[str, Strength]] = {
    ("top", "secret"): ("TOP SECRET", Strength.STRONG),
    ("topsecret",): ("TOP SECRET", Strength.STRONG),
    ("tres", "secret"): ("TRÈS SECRET", Strength.STRONG),
    ("secret", "defense"): ("SECRET DÉFENSE", Strength.STRONG),
    ("confidentiel", "defense"): ("CONFIDENTIEL DÉFENSE", Strength.STRONG),
    ("diffusion", "restreinte"): ("DIFFUSION RESTREINTE", Strength.STRONG),
    ("ts", "ue"): ("TRÈS SECRET UE", Strength.STRONG),
    ("s", "ue"): ("SECRET UE", Strength.STRONG),
    ("c", "ue"): ("CONFIDENTIEL UE", Strength.STRONG),
    ("r", "ue"): ("RESTREINT UE", Strength.STRONG),
    ("secret",): ("SECRET", Strength.PLAIN),
    ("confidential",): ("CONFIDENTIAL", Strength.WEAK),
    ("confidentiel",): ("CONFIDENTIEL", Strength.WEAK),
    ("restricted",): ("RESTRICTED", Strength.WEAK),
    ("restreint",): ("RESTREINT", Strength.WEAK),
    ("protect",): ("PROTECT", Strength.WEAK),
    ("سري", "للغايه"): ("سري للغاية", Strength.STRONG),
    ("سريه", "للغايه"): ("سري للغاية", Strength.STRONG),
    ("سري", "جدا"): ("سري جدا", Strength.STRONG),
    ("سريه", "جدا"): ("سري جدا", Strength.STRONG),
    ("محدود", "التداول"): ("محدود التداول", Strength.PLAIN),
    ("محدوده", "التداول"): ("محدود التداول", Strength.PLAIN),
    ("مقيد", "التداول"): ("مقيد التداول", Strength.PLAIN),
    ("سري",): ("سري", Strength.WEAK),
    ("سريه",): ("سري", Strength.WEAK),
    ("مكتوم",): ("مكتوم", Strength.WEAK),
    ("محدود",): ("محدود", Strength.WEAK),
}
"""The words of a level: its name, and how strong it is alone."""

_OWNERS = "uk us usa aus can nz eu ue nato otan eapc cosmic atomal fvey hmg five isaf kfor"
_FREE_CAVEATS = "strap strap1 strap2 strap3 atomic codeword noforn nf rel releasable release orcon"
_CAVEATS = "eyes when page copy locsen"
_AFTER = """only to of and is in if no once complete completed filled full populated handling personal data commercial staff
    medical management policy honours appointments budget contracts investigations investigation private regulatory visits
    market sensitive top secret confidential restricted restreint protect r s c ts خاص شخصي عاجل"""
_ARABIC_AFTER = "وخاص وشخصي وعاجل ومستعجل ومكتوم وفوري"
_BEFORE = "page of draft final copy وثيقه مستند كتاب تقرير ملف معلومات بيانات"
_LABEL_CORES = "classification classified marking gsc gscp التصنيف تصنيف السريه"
_LABEL_WORDS = """security protective government document data information sensitivity national hmg level meta handling
    overall code value name of this the file row is as الامني الامنيه درجه مستوي الوثيقه المستند الحمايه وثيقه البيانات"""

OWNERS = frozenset(_OWNERS.split())
FREE_CAVEATS = frozenset(_FREE_CAVEATS.split())
"""Caveats that anything may follow."""
ARABIC_AFTER = frozenset(_ARABIC_AFTER.split())
CAVEATS = OWNERS | FREE_CAVEATS | frozenset(_CAVEATS.split())
"""What may stand right after a level."""
AFTER = CAVEATS | ARABIC_AFTER | frozenset(_AFTER.split())
"""What may stand anywhere after a level."""
BEFORE = frozenset(_BEFORE.split())
LABEL_CORES = frozenset(_LABEL_CORES.split())
LABEL_WORDS = LABEL_CORES | frozenset(_LABEL_WORDS.split())
BEGINS = OWNERS | BEFORE | LABEL_WORDS | {words[0] for words in LEVELS}
"""What a marking may begin with, but for numbers and letters on their own."""
