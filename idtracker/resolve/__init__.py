"""Names and codes as typed become identifiers of the reviewed reference data; what is unknown becomes a finding."""

from idtracker.resolve.names import Names
from idtracker.resolve.register import Register
from idtracker.resolve.resolving import Resolved, resolve

__all__ = ["Names", "Register", "Resolved", "resolve"]
