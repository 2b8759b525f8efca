"""Names and codes as typed become identifiers of the reviewed reference data; what is unknown becomes a finding."""

from idtracker.resolve.names import Names
from idtracker.resolve.organisations import organisations_named
from idtracker.resolve.register import Register
from idtracker.resolve.resolving import Resolved, resolve

__all__ = ["Names", "Register", "Resolved", "organisations_named", "resolve"]
