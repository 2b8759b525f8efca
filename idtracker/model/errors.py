"""What goes wrong in our own code or configuration. A problem in data is a Finding, never an exception."""

from __future__ import annotations


class IdtrackerError(Exception):
    """A problem a person can act on. The message names the place and the remedy."""

    exit_code = 1


class DefinitionError(IdtrackerError):
    """A source, programme or reference definition is wrong. One line per problem: file, line, key, what was expected."""

    exit_code = 2

    def __init__(self, problems: list[str]) -> None:
        self.problems = problems
        super().__init__("\n".join(problems))


class UsageError(IdtrackerError):
    """The command asks for something that does not exist: a source, an audience, a metric."""

    exit_code = 2


class StoreBusyError(IdtrackerError):
    """Another process is writing to the store of this home."""

    exit_code = 3


class DamagedFileError(IdtrackerError):
    """A file that was received is missing, or its bytes are no longer what they were."""


class UnusableFileError(IdtrackerError):
    """A file that was given as data cannot be read as a table, or is marked above OFFICIAL."""

    exit_code = 4


class NotPublishedError(IdtrackerError):
    """There is no published store to read yet."""

    exit_code = 2


class OtherTablesError(NotPublishedError):
    """What is published lacks a table or column that this version of the library reads."""

    def __init__(self) -> None:
        super().__init__(
            "This publication was made by another version of the program, whose tables differ; "
            "run `idtracker run` to publish it again."
        )
