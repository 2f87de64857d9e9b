"""A part of a class, for one of several machines: which part a submission is in depends on its id alone."""

from __future__ import annotations

import re
from dataclasses import dataclass
from hashlib import blake2b

import graphc as gc


@dataclass(frozen=True)
class Shard:
    """Part `number`, from 1, of `of`."""

    number: int
    of: int

    @classmethod
    def read(cls, text: str) -> Shard:
        """`2/5`."""
        match = re.fullmatch(r"\s*(\d{1,6})\s*/\s*(\d{1,6})\s*", text)
        if match is None or not 1 <= int(match[1]) <= int(match[2]):
            raise gc.GraphcError(f"--shard is a part and how many there are, as in 2/5, not {text!r}")
        return cls(int(match[1]), int(match[2]))

    def __str__(self) -> str:
        return f"{self.number}/{self.of}"

    def holds(self, id: str) -> bool:
        """Whether a submission is in this part."""
        digest = blake2b(id.encode("utf-8", "surrogatepass"), digest_size=8).digest()
        return int.from_bytes(digest, "big") % self.of == self.number - 1
