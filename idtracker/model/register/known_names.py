"""The names of what identifiers stand for, to be shown beside them."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from idtracker.model.frames import records
from idtracker.model.messages import Lang, Message
from idtracker.model.register.register import Register


@dataclass(frozen=True, slots=True)
class KnownNames:
    """Identifier -> name, for the organisations, places and indicators of a register."""

    names: dict[str, Message]

    @classmethod
    def of(cls, register: Register) -> KnownNames:
        """The names of a register."""
        return cls.of_tables(register.places, register.indicators, register.organisations)

    @classmethod
    def of_tables(cls, place: pd.DataFrame, indicator: pd.DataFrame, organisation: pd.DataFrame) -> KnownNames:
        """The names of reference tables. Organisations are called by their short name in English where they have one."""
        rows = [
            *records(place, "place_id", "name", "name_ar"),
            *records(indicator, "indicator_id", "name", "name_ar"),
            *(
                (one, short or name, arabic)
                for one, short, name, arabic in records(organisation, "org_id", "short_name", "name", "name_ar")
            ),
        ]
        return cls({str(one): Message(name or "", arabic or name or "") for one, name, arabic in rows})

    def name(self, identifier: str, lang: Lang = "en") -> str:
        """The name of an identifier; empty where none is known."""
        found = self.names.get(identifier)
        return found.text(lang) if found else ""

    def beside(self, identifier: str, lang: Lang = "en") -> str:
        """The identifier with its name, such as `JO-AM Amman`; alone where no name is known or it is the same."""
        name = self.name(identifier, lang)
        return f"{identifier} {name}" if name and name != identifier else identifier
