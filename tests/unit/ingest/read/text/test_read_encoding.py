"""Bytes to text: declared encodings, byte order marks and what to do when they do not fit."""

from __future__ import annotations

import pytest

from idtracker.ingest.read.text.encoding import decode
from idtracker.model.errors import DefinitionError

ARABIC = "المحافظة,العدد\nعمّان,12\nإربد,7\nلا يوجد,3\n"
FRENCH = "Région,Bénéficiaires\nÎle,12\nRéhabilitation d’école,5\n"


@pytest.mark.parametrize(
    ("content", "declared"),
    [
        (ARABIC.encode(), "utf-8"),
        (ARABIC.encode("utf-8-sig"), "utf-8"),
        (ARABIC.encode("utf-16"), "utf-16"),
        (ARABIC.encode("cp1256"), "windows-1256"),
    ],
)
def test_a_fitting_declaration_is_no_finding(content, declared):
    text, findings = decode(content, declared, "s")
    assert text == ARABIC
    assert not findings


@pytest.mark.parametrize(
    ("content", "declared", "text", "found"),
    [
        (ARABIC.encode("utf-16"), "utf-8", ARABIC, "utf-16"),
        (b"\xfe\xff" + ARABIC.encode("utf-16-be"), "utf-8", ARABIC, "utf-16"),
        (FRENCH.encode("utf-16-le"), "utf-8", FRENCH, "utf-16"),
        (ARABIC.encode("utf-16-le"), "utf-8", ARABIC, "utf-16"),
        (ARABIC.encode("utf-32-be"), "utf-8", ARABIC, "utf-32"),
        (FRENCH.encode("utf-32"), "utf-8", FRENCH, "utf-32"),
        (FRENCH.replace("’", "'").encode("mac_roman"), "utf-8", FRENCH.replace("’", "'"), "mac-roman"),
        (FRENCH.encode("mac_roman"), "windows-1252", FRENCH, "mac-roman"),
        (ARABIC.encode("cp1256"), "utf-8", ARABIC, "windows-1256"),
        (FRENCH.encode("cp1252"), "utf-8", FRENCH, "windows-1252"),
        (FRENCH.encode("cp1252"), "latin-1", FRENCH, "windows-1252"),
        (ARABIC.encode(), "windows-1256", ARABIC, "utf-8"),
        (ARABIC.encode(), "utf-16", ARABIC, "utf-8"),
        (ARABIC.encode("utf-8-sig"), "windows-1252", ARABIC, "utf-8"),
    ],
)
def test_another_encoding_is_read_and_reported(content, declared, text, found):
    decoded, findings = decode(content, declared, "s")
    assert decoded == text
    (group,) = findings.groups
    assert group.rule.id == "file.encoding"
    assert group.details == {"expected": declared, "found": found}


def test_one_broken_byte_does_not_spoil_the_rest():
    content = ARABIC.encode().replace(b"12", b"1\xff2")
    text, findings = decode(content, "utf-8", "s")
    assert text == ARABIC.replace("12", "1\ufffd2")
    assert findings.groups[0].details["found"] == "utf-8 with damaged characters"


def test_nul_characters_go_and_any_bytes_decode():
    assert decode(b"a\x00b,c\n" * 3, "utf-8", "s")[0] == "ab,c\n" * 3
    assert len(decode(bytes(range(128, 256)), "utf-8", "s")[0]) == 128


def test_an_unknown_encoding_is_the_fault_of_the_definition():
    with pytest.raises(DefinitionError, match=r"border_post: format\.encoding: `utf-9`"):
        decode(b"a", "utf-9", "border_post")
