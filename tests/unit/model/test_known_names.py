"""Identifiers are shown with the names of what they stand for."""

from __future__ import annotations

from idtracker.model.register.known_names import KnownNames
from idtracker.model.register.register import Register


def test_a_code_is_shown_with_its_name_in_the_language_asked_for() -> None:
    known = KnownNames.of(Register.load())
    assert known.beside("JO-AM") == "JO-AM Amman" and known.beside("JO-AM", "ar") == "JO-AM عمّان"
    assert known.beside("GB-GOV-1") == "GB-GOV-1 FCDO"
    assert known.beside("GB-GOV-1", "ar").startswith("GB-GOV-1 وزارة")


def test_what_the_register_does_not_know_stays_as_it_is() -> None:
    known = KnownNames.of(Register.load())
    assert (known.beside("XX-NEW"), known.name("XX-NEW")) == ("XX-NEW", "")
