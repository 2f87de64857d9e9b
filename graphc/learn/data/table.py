"""A table of numbers whose columns are not yet told apart into inputs and targets: what a CSV file holds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from .cells import Cell
from .dataset import Target


@dataclass(frozen=True)
class Table:
    """`columns` are the names in the first line, if there are some. A column of text is in `classes`, with its texts
    sorted; its values are their numbers, and `texts` has the place of the first of them. `target` is the name of the
    column that is to be learnt, if it is said. `first_line` is that of the first row, where each row is a line.
    """

    name: str
    values: np.ndarray
    columns: tuple[str, ...] = ()
    classes: Mapping[int, tuple[str, ...]] = field(default_factory=dict)
    texts: Mapping[int, Cell] = field(default_factory=dict)
    target: str | None = None
    first_line: int = 0

    def __repr__(self) -> str:
        """`<table houses.csv: 12 rows, 2 columns: x, y>`."""
        named = f": {', '.join(self.columns)}" if self.columns else ""
        return f"<table {self.name}: {len(self.values):,} rows, {self.width} columns{named}>"

    @property
    def width(self) -> int:
        return self.values.shape[1]

    def title(self, column: int) -> str:
        return f"`{self.columns[column]}`" if self.columns else f"column {column + 1}"

    def take(self, columns: list[int]) -> Target:
        """Some columns: a view where they stand side by side. One of text keeps its classes."""
        beside = columns == list(range(columns[0], columns[0] + len(columns)))
        values = self.values[:, columns[0] : columns[-1] + 1] if beside else self.values[:, columns]
        if len(columns) > 1:
            return Target(values)
        return Target(values, self.classes.get(columns[0], ()), self.columns[columns[0]] if self.columns else "")
