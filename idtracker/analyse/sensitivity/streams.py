"""Random numbers by name: each error, weight and choice has a stream of its own.

The seed is the SHA-256 of a name that begins with method and half of the design, and then says what is drawn, such as place,
indicator and the quarter of the report. So what is drawn of one value depends neither on the order of rows nor on how many
others there are; and what is one and the same, in two quarters or two places, has one name and one draw. Numbers of a stream
follow each other from chunk to chunk: the size of a chunk changes nothing.
"""

from __future__ import annotations

import hashlib

import numpy as np

from idtracker.analyse.sensitivity.problem import Numbers


class Streams:
    """The streams of one method and one half of the design, in chunks: a name asked for again in a chunk gives the same."""

    def __init__(self, seed: str) -> None:
        self.seed = seed
        self._generators: dict[str, np.random.Generator] = {}
        self._drawn: dict[str, Numbers] = {}
        self.size = 0

    def begin(self, size: int) -> None:
        """Begin a chunk of so many draws."""
        self.size = size
        self._drawn = {}

    def normal(self, name: str) -> Numbers:
        """Standard normal numbers."""
        if name not in self._drawn:
            self._drawn[name] = self._generator(name).standard_normal(self.size)
        return self._drawn[name]

    def gamma(self, name: str, shape: float) -> Numbers:
        """Gamma distributed numbers."""
        named = f"{name}|{shape!r}"  # another shape is another weight: it has a stream of its own
        if named not in self._drawn:
            self._drawn[named] = self._generator(named).standard_gamma(shape, self.size)
        return self._drawn[named]

    def pick(self, name: str, count: int) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
        """Numbers from 0 to below `count`, each as likely."""
        if name not in self._drawn:
            self._drawn[name] = self._generator(name).random(self.size)
        return np.minimum((self._drawn[name] * count).astype(np.int64), count - 1)

    def _generator(self, name: str) -> np.random.Generator:
        if name not in self._generators:
            digest = hashlib.sha256(f"{self.seed}|{name}".encode()).digest()
            self._generators[name] = np.random.Generator(np.random.PCG64(np.random.SeedSequence(_words(digest))))
        return self._generators[name]


def _words(digest: bytes) -> list[int]:
    return [int.from_bytes(digest[n : n + 4], "little") for n in range(0, 16, 4)]
