"""Grade a class: what is known already is taken from the ledger, the rest is graded by several processes."""

from __future__ import annotations

import json
from array import array
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from ..exercise import Exercise
from ..grade import grade_one, mark_with
from ..result import Grading, Mark
from ..submission import Found, Submission, read
from .crew import Crew
from .keys import check_keys, exercise_key, result_key, submission_key
from .records import Records, Tell
from .shelf import ById, Shelf
from .written import mark_of, mark_text

if TYPE_CHECKING:
    from ..sandbox import Layers

Watch = Callable[[int, int], None]  # how many of how many are done
BROKEN = "the grader itself ended while it graded this submission; the others are not touched by that"
AGAIN = "the same command grades this submission once more"


class Stopped(KeyboardInterrupt):
    """The user pressed Ctrl-C; `grading` is what was done by then."""

    def __init__(self, grading: Grading, of: int) -> None:
        super().__init__()
        self.grading, self.of = grading, of


@dataclass
class Graded:
    """What came of one submission: its mark, the state it was graded in, and the keys of its results if it has any."""

    mark: Mark
    state: str
    keys: dict[str, str]


def grade_class(
    exercise: Exercise,
    found: Sequence[tuple[str, Found]],
    seed: int,
    layers: Layers,
    jobs: int = 1,
    ledger: Path | None = None,
    watch: Watch = lambda done, of: None,
    again: bool = False,
    tell: Tell = lambda said: None,
) -> Grading:
    """All submissions that were found. Each mark is in the ledger as soon as it is there.

    `again`: what took too long or could not be decided is graded again. `tell` is told if the ledger cannot be used.
    """
    room = _Room(exercise, found, seed, layers, ledger, again)
    marks, before = Shelf(len(found)), ById(len(found))
    grading = Grading(exercise.id, exercise.title, seed, marks, before)
    watch(0, len(found))
    try:
        with room.records(tell) as records, closing(room.graded(jobs, records)) as all:
            for done, (number, graded) in enumerate(all, 1):
                marks.put(number, graded.mark)
                earlier = records.keep(graded.state, graded.mark, graded.keys)
                if earlier is not None:
                    before.put(number, earlier)
                watch(done, len(found))
    except KeyboardInterrupt:
        raise Stopped(grading, len(found)) from None
    return grading


def place(exercise: Exercise) -> str:
    """What the ledger calls an exercise."""
    return str(exercise.folder.resolve())


class _Room:
    """Where a class is graded: what all its submissions share."""

    def __init__(
        self,
        exercise: Exercise,
        found: Sequence[tuple[str, Found]],
        seed: int,
        layers: Layers,
        ledger: Path | None,
        again: bool,
    ) -> None:
        self.exercise, self.found, self.seed, self.layers = exercise, found, seed, layers
        self.ledger, self.again = ledger, again
        self.checks = check_keys(exercise, seed, layers.names)
        self.state = exercise_key(exercise)

    def records(self, tell: Tell = lambda said: None) -> Records:
        """One process's view of the ledger."""
        return Records(self.ledger, place(self.exercise), self.again, tell)

    def graded(self, jobs: int, records: Records) -> Generator[tuple[int, Graded]]:
        """Every submission by its number: first those that the ledger knows all of, then the others as they come."""
        left = array("q")
        for number in range(len(self.found)):
            known = None if self.ledger is None else self._recalled(number, records)
            if known is None:
                left.append(number)
            else:
                yield number, known
        yield from self._alone(left, records) if jobs == 1 or len(left) < 2 else self._together(left, jobs)

    def _recalled(self, number: int, records: Records) -> Graded | None:
        submission, state, keys = self._read(number)
        known = records.known(keys)
        if len(known) < len(keys):
            return None
        names = tuple(known[check.name] for check in self.exercise.checks)
        mark = mark_with(self.exercise, submission, names, 0.0, self.layers.names)
        return Graded(mark, state, keys)

    def _read(self, number: int) -> tuple[Submission, str, dict[str, str]]:
        """The submission, the state that it and the exercise are in, and the keys of its results."""
        submission = read(*self.found[number])
        handed_in = submission_key(submission)
        keys = {name: result_key(handed_in, key) for name, key in self.checks.items()}
        return submission, result_key(handed_in, self.state), keys

    def _alone(self, numbers: Sequence[int], records: Records) -> Iterator[tuple[int, Graded]]:
        if numbers:
            with self.desk(records) as task:
                for number in numbers:
                    yield number, task(number)

    def _together(self, numbers: Sequence[int], jobs: int) -> Iterator[tuple[int, Graded]]:
        self._prepare()
        with Crew(self._work, min(jobs, len(numbers))) as crew:
            for number, written in crew.done(numbers):
                yield number, self._broken(number) if written is None else _unpacked(written)

    def _prepare(self) -> None:
        """Compile and draw before the processes part."""
        for check in self.exercise.checks:
            if check.kind == "code":
                self.exercise.reference(check).cases(self.seed)

    @contextmanager
    def _work(self) -> Iterator[Callable[[int], bytes]]:
        with self.records() as records, self.desk(records) as task:
            yield lambda number: _packed(task(number))

    @contextmanager
    def desk(self, records: Records) -> Iterator[Callable[[int], Graded]]:
        """One process's own workers, and its view of the ledger."""
        from ..sandbox import SandboxError, Workers

        with Workers(self.layers, 1) as workers:

            def grade(number: int) -> Graded:
                submission, state, keys = self._read(number)
                known = records.known(keys)
                try:
                    mark = grade_one(self.exercise, submission, workers, self.seed, self.layers.names, known)
                except SandboxError as error:
                    return self._broken(number, f"{error.message}; {AGAIN}")
                return Graded(mark, state, keys)

            yield grade

    def _broken(self, number: int, why: str = BROKEN) -> Graded:
        """A mark that is not kept."""
        id, _ = self.found[number]
        mark = Mark(id, "error", (), self.exercise.points, 0.0, self.layers.names, why)
        return Graded(mark, "", {})


def _packed(graded: Graded) -> bytes:
    return json.dumps({"mark": mark_text(graded.mark), "state": graded.state, "keys": graded.keys}).encode()


def _unpacked(written: bytes) -> Graded:
    whole = json.loads(written)
    return Graded(mark_of(json.loads(whole["mark"])), whole["state"], whole["keys"])
