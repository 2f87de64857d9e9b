"""Marks in a file without a name instead of in memory, so that a large class needs no more of that than a small one."""

from __future__ import annotations

import json
from array import array
from collections.abc import Iterator, Mapping, Sequence
from tempfile import TemporaryFile
from typing import overload

from ..result import Mark
from .written import mark_of, mark_text

ABSENT = -1


class Shelf(Sequence[Mark]):
    """Marks by the numbers of their submissions, put there in any order; only those that are there are counted."""

    def __init__(self, size: int) -> None:
        self._file = TemporaryFile()  # noqa: SIM115 - open as long as the marks are read
        self._places = array("q", [ABSENT]) * size

    def put(self, number: int, mark: Mark) -> None:
        """The mark of submission `number`."""
        self._places[number] = self._file.seek(0, 2)
        self._file.write(mark_text(mark).encode("ascii") + b"\n")

    def at(self, number: int) -> Mark:
        """The mark of submission `number`, which is there."""
        return self._read(self._places[number])

    def __len__(self) -> int:
        return len(self._places) - self._places.count(ABSENT)

    def __iter__(self) -> Iterator[Mark]:
        return (self._read(place) for place in self._places if place != ABSENT)

    @overload
    def __getitem__(self, index: int) -> Mark: ...
    @overload
    def __getitem__(self, index: slice) -> list[Mark]: ...
    def __getitem__(self, index: int | slice) -> Mark | list[Mark]:
        found = [place for place in self._places if place != ABSENT][index]
        return [self._read(place) for place in found] if isinstance(found, list) else self._read(found)

    def _read(self, place: int) -> Mark:
        self._file.seek(place)
        return mark_of(json.loads(self._file.readline()))


class ById(Mapping[str, Mark]):
    """A shelf's marks by the ids of their submissions."""

    def __init__(self, size: int) -> None:
        self._shelf, self._numbers = Shelf(size), dict[str, int]()

    def put(self, number: int, mark: Mark) -> None:
        self._shelf.put(number, mark)
        self._numbers[mark.id] = number

    def __getitem__(self, id: str) -> Mark:
        return self._shelf.at(self._numbers[id])

    def __iter__(self) -> Iterator[str]:
        return iter(self._numbers)

    def __len__(self) -> int:
        return len(self._numbers)
