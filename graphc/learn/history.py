"""What became of each epoch: a row of numbers by name, those of the held-out part as `val_loss`, `val_accuracy` …"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .plots.plot import Plot

HELD_OUT = "val_"


class History:
    """`rows` has a mapping for each epoch; `history["loss"]` is that number of every epoch.

    The loss is the mean over the epoch's batches, each before its step; metrics are those after the epoch.
    """

    def __init__(self, rows: Iterable[Mapping[str, float]] = ()) -> None:
        self.rows: list[dict[str, float]] = [dict(row) for row in rows]

    def __len__(self) -> int:
        return len(self.rows)

    def __getitem__(self, name: str) -> list[float]:
        return [row[name] for row in self.rows if name in row]

    def __repr__(self) -> str:
        last = ", ".join(f"{name} {value:.4g}" for name, value in self.last.items() if name != "epoch")
        return f"<history of {len(self)} epochs: {last}>"

    @property
    def last(self) -> dict[str, float]:
        return self.rows[-1] if self.rows else {}

    @property
    def history(self) -> dict[str, list[float]]:
        """The numbers by name, as users of Keras know them."""
        return {name: self[name] for name in self.names if name != "epoch"}

    @property
    def names(self) -> Sequence[str]:
        return list(dict.fromkeys(name for row in self.rows for name in row))

    def json(self) -> str:
        """Every row on a line of its own; a number that JSON lacks is a text."""
        rows = ",\n".join(json.dumps({key: _written(value) for key, value in row.items()}) for row in self.rows)
        return f"[\n{rows}\n]\n" if rows else "[]\n"

    def csv(self) -> str:
        text = io.StringIO()
        writer = csv.DictWriter(text, self.names, lineterminator="\n")
        writer.writeheader()
        writer.writerows(self.rows)
        return text.getvalue()

    def plot(self) -> Plot:
        """The numbers by epochs, those of what was held out beside them."""
        from .plots.epochs import history_plot

        return history_plot(self)

    @classmethod
    def read(cls, text: str) -> History:
        """What `json` wrote."""
        return cls({key: _number(key, value) for key, value in row.items()} for row in json.loads(text))

    def save(self, file: str | Path) -> None:
        """As JSON, or as CSV where the file is called so."""
        file = Path(file)
        file.write_text(self.csv() if file.suffix == ".csv" else self.json(), encoding="utf-8")


def _written(value: float) -> Any:
    return value if value == value and abs(value) != float("inf") else str(value)


def _number(name: str, value: Any) -> float:
    return int(value) if name == "epoch" else float(value)


@dataclass(frozen=True)
class Course:
    """A training that went wrong: its whole epochs, and then the losses of the steps of the one that broke off.

    `last` is the loss that it broke off with, `steps` how many steps an epoch has.
    """

    history: History
    losses: tuple[float, ...]
    last: float
    steps: int
