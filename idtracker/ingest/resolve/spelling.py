"""Forms of a name in which different spellings look alike: transliterated, without vowels, by its initials, by its words.

For suggestions only; no name is ever taken for another one by these forms. The table of letters joins what transliterations
of Arabic write differently: kh, gh, sh, dh, th, q and k, g and j as they are spoken, doubled letters, long and short vowels.
"""

from __future__ import annotations

import re
from functools import lru_cache

from idtracker.model.text import fold

_LETTERS = "ابتثجحخدذرزسشصضطظعغفقكلمنهويپچژڤگ"
_SOUNDS = "abttjhxddrzscsdtzagfkklmnhwybczfg"
_ARABIC = dict(zip(_LETTERS, _SOUNDS, strict=True)) | {"ؤ": "w", "ئ": "y", "ء": "", "'": ""}
_LATIN = (
    ("tch", "c"), ("sch", "c"), ("sh", "c"), ("ch", "c"), ("kh", "x"), ("gh", "g"), ("dh", "d"), ("th", "t"),
    ("ph", "f"), ("dj", "j"), ("ck", "k"), ("qu", "k"), ("ce", "se"), ("ci", "si"), ("c", "k"), ("q", "k"), ("p", "b"),
    ("v", "f"), ("x", "ks"), ("ou", "w"), ("oo", "w"), ("u", "w"), ("o", "w"), ("ee", "y"), ("ei", "y"), ("ai", "y"),
    ("ay", "y"), ("e", "y"), ("i", "y"), ("'", ""),
)  # fmt: skip
_SINGLE = {"sh": "c", "ch": "c"}  # two letters that stand for one sound of the table
_LATIN_FORM = re.compile("|".join(re.escape(written) for written, _ in _LATIN))
_LATIN_SOUND = dict(_LATIN) | _SINGLE
_TWICE = re.compile(r"(.)\1+")
_VOWELS = str.maketrans("", "", "awy")
_WORD = re.compile(r"[^\W_]+(?:'[^\W_]+)*")
_ARABIC_LETTER = re.compile(r"[\u0600-\u06ff]")
_ARTICLE = re.compile(r"^(?:وال|بال|فال|كال|ال|لل)(?=\w{2})")
_LATIN_ARTICLE = re.compile(
    r"\b(?:al|el|ul|ad|ed|an|en|ar|er|as|es|at|et|az|ez|ash|esh|adh|ath|ech)[ '-](?='?[a-z]{2})"
)
_JOINED_ARTICLE = re.compile(r"^(?:al|el)(?=[a-z]{4})")

# Words that say what kind of thing is named, or how a company is constituted, and not which one.
_KINDS = """
the of and for in on at to de la le du des et governorate governorates province district city state region county municipality
camp wilaya muhafazat muhafazah qada liwa caza nahiyat ltd limited llc plc inc incorporated co company corp corporation gmbh ag
sarl sa bv nv ngo organisation organization foundation association agency محافظة قضاء لواء مدينة ناحية ولاية إقليم منطقة بلدية
مخيم مديرية حي في من و شركة المحدودة منظمة جمعية مؤسسة وكالة ذمم شمم
"""
_GENERIC = frozenset(map(fold, _KINDS.split()))
_STOP = frozenset(["the", "of", "and", "for", "in", "on", "to", "a", "de", "la", "et", "و", "في", "من"])
_BRACKETED = re.compile(r"\([^()]*\)")
_SHORTEST_ACRONYM = 3
_LONGEST_ACRONYM = 8


def words_of(folded: str) -> list[str]:
    """The words of a folded name, without articles, in their order."""
    bare = _LATIN_ARTICLE.sub("", folded)
    return [_ARTICLE.sub("", word) if _ARABIC_LETTER.search(word) else word for word in _WORD.findall(bare)]


def core_of(folded: str) -> list[str]:
    """The words that tell one name from another; all of them where none does."""
    words = words_of(folded)
    return [word for word in words if word not in _GENERIC] or words


@lru_cache(maxsize=65536)
def sound_of(word: str) -> str:
    """A folded word of either script in the letters of the table, vowels as a, w and y, nothing doubled: 'ajloun' -> 'ajlwn'."""
    if _ARABIC_LETTER.search(word):
        ending = word[:-1] if len(word) > 2 and word[-1] == "ه" else word
        sound = "".join(_ARABIC.get(letter, letter if letter.isalnum() else "") for letter in ending)
    else:
        bare = _JOINED_ARTICLE.sub("", word)
        ending = bare[:-1] if len(bare) > 3 and bare.endswith(("ah", "eh")) else bare
        sound = _LATIN_FORM.sub(lambda match: _LATIN_SOUND[match[0]], ending)
        sound = sound[:-1] if len(sound) > 2 and sound[-1] in "ay" and ending[-1] in "ae" else sound
    return _TWICE.sub(r"\1", sound)


def skeleton_of(sound: str) -> str:
    """The consonants of a sound: 'ajlwn' -> 'jln'; a name of vowels alone stays as it is."""
    return _TWICE.sub(r"\1", sound.translate(_VOWELS)) or sound


def is_arabic(folded: str) -> bool:
    """Whether the name is written in Arabic letters."""
    return _ARABIC_LETTER.search(folded) is not None


def is_acronym(typed: str) -> bool:
    """Whether a name as typed is one short word of several capitals: 'MoWI', 'U.N.H.C.R.'; such a word has no sound."""
    letters = letters_of(typed)
    capitals = sum(c.isupper() for c in letters)
    return (
        " " not in typed.strip() and 2 <= capitals <= len(letters) <= _LONGEST_ACRONYM and 2 * capitals >= len(letters)
    )


def letters_of(folded: str) -> str:
    """The letters and digits of a folded text in one piece: what an acronym is compared by."""
    return "".join(c for c in folded if c.isalnum())


def initials_of(folded: str) -> frozenset[str]:
    """The acronyms that a name may have: of every word, without its small words, and with `of` alone among them."""
    words = _WORD.findall(_BRACKETED.sub(" ", folded))
    if len(words) < _SHORTEST_ACRONYM:
        return frozenset()
    forms = (
        "".join(w[0] for w in words),
        "".join(w[0] for w in words if w not in _STOP),
        "".join(w[0] for w in words if w not in _STOP or w == "of"),
    )
    return frozenset(text for text in forms if len(text) >= _SHORTEST_ACRONYM)
