"""`python -m benchmarks.epochs [--rounds N]`: an epoch against the bare steps in it, taking turns in one run.

The epoch is what `fit` does: rows in a new order, mini-batches, the step on each, a row of the history, the line of
progress that is due now and then; and in a column of its own with the usual metrics of its first rows too. The bare
steps are as many calls on one batch that lies ready. A call is eight epochs, as some work is done for several at once.
"""

from __future__ import annotations

import argparse
import io
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from statistics import median

from graphc.cli.blas import choose_kernel

choose_kernel()  # before anything imports NumPy

import numpy as np  # noqa: E402

from .cases import Case  # noqa: E402
from .machine import machine  # noqa: E402
from .table import Row, duration, show  # noqa: E402
from .timing import turns  # noqa: E402
from .training import RATES, TRAINING  # noqa: E402

EPOCHS = 8  # in a call
ROWS = [(0, 400), (0, 4000), (1, 2560), (1, 10_000), (2, 2560), (3, 640)]  # which training, and of how many rows
BARE, EPOCH, MEASURED = "bare steps", "epoch", "epoch, metrics"


def contestants(case: Case, optimizer: str, rows: int) -> dict[str, Callable[[], object]]:
    """Each with a step of its own."""
    import graphc as gc
    from graphc.learn.data.dataset import Dataset
    from graphc.learn.data.fit_to import fit_to
    from graphc.learn.fit import Fit
    from graphc.learn.history import History
    from graphc.learn.progress import Lines

    arrays = case.arrays()
    network, batch = gc.load(case.model), {name: arrays[name] for name in case.inputs}
    size = len(batch["x"])
    many = {name: np.resize(array, (rows, *array.shape[1:])) for name, array in batch.items()}
    feed = fit_to(network, Dataset.of({"x": many["x"]}, {name: many[name] for name in many if name != "x"}))

    def step() -> gc.TrainingStep:
        made = {"sgd": gc.SGD, "adam": gc.Adam}[optimizer](RATES[optimizer])
        return gc.TrainingStep(network, optimizer=made, values={name: arrays[name] for name in case.params})

    def bare() -> Callable[[], object]:
        own, steps = step(), EPOCHS * -(-rows // size)

        def run() -> None:
            for _ in range(steps):
                own(**batch)

        return run

    def epochs(metrics: list[str] | None) -> Callable[[], object]:
        fit, lines = Fit(step(), feed, None, 10**6, size, 0, History(), metrics=metrics), Lines(io.StringIO())
        lines.begin(fit)

        def run() -> None:
            for _ in range(EPOCHS):
                fit.run_epoch()
                lines.after_epoch(fit)

        return run

    return {BARE: bare(), EPOCH: epochs([]), MEASURED: epochs(None)}


def measure(case: Case, optimizer: str, rows: int, rounds: int) -> Row:
    """Medians of an epoch, best in brackets, and the ratios to the bare steps."""
    seconds = turns(contestants(case, optimizer, rows), rounds)
    cells = {
        name: f"{duration(median(times) / EPOCHS)} ({duration(min(times) / EPOCHS)})" for name, times in seconds.items()
    }
    ratios = [
        f"{median(seconds[name]) / median(seconds[BARE]):.2f} ({min(seconds[name]) / min(seconds[BARE]):.2f})"
        for name in (EPOCH, MEASURED)
    ]
    return Row(f"{case.title}, {rows:,} rows", cells, "; ".join(ratios), "≤ 1.2")


def rows_of(rounds: int) -> Iterator[Row]:
    """Each also on stderr as soon as it is known."""
    for which, rows in ROWS:
        row = measure(*TRAINING[which], rows, rounds)
        print("measured:", row.case, *row.cells.values(), row.ratio, sep="  ", file=sys.stderr, flush=True)
        yield row


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.epochs", description=__doc__)
    parser.add_argument("--rounds", type=int, default=15, help="turns that each gets (default 15)")
    parser.add_argument("-o", type=Path, metavar="FILE", help="write the table and the machine to a file as well")
    asked = parser.parse_args()
    text = f"{show(list(rows_of(asked.rounds)), [BARE, EPOCH, MEASURED])}\n\n{machine()}\n"
    print(text, end="")
    if asked.o:
        asked.o.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
