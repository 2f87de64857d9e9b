"""A net that a student declared: counted, and trained for as long as the check allows."""

from __future__ import annotations

import json
import operator
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from time import monotonic
from typing import Any

from ..bounded import run
from ..desk import Desk
from ..exercise import Check
from ..folders import Folder
from ..result import CheckResult, Diagnosis

REQUIREMENT = re.compile(
    r"\s*(?:(?P<count>params|links)|(?P<metric>\w+)\(\s*(?P<data>[^()\s]+)\s*\))"
    r"\s*(?P<sign><=|>=|==|<|>)\s*(?P<bound>\d+(?:\.\d*)?(?:[eE][-+]?\d+)?)\s*"
)
SIGNS: Mapping[str, Callable[[float, float], bool]] = {
    "<=": operator.le, ">=": operator.ge, "==": operator.eq, "<": operator.lt, ">": operator.gt,
}  # fmt: skip
TRIES = 3  # trainings, from different seeds: the first that does what is required is enough
MOST = 200  # of what its process says
NUMBERS = 16  # written into a net; those beyond stand in the place of parameters, and are counted as such
HELD_OUT = "val_"


@dataclass(frozen=True)
class Requirement:
    """`params <= 60`, or `accuracy(spiral) >= 0.95`: of the examples that the data hold out, if they do."""

    text: str
    count: str | None
    metric: str | None
    data: str | None
    sign: str
    bound: float

    def holds(self, value: float) -> bool:
        return SIGNS[self.sign](value, self.bound)


class Unfit(Exception):
    """Why a net is not graded further; the status and the message."""

    def __init__(self, message: str, status: str = "failed", code: str = "unknown") -> None:
        super().__init__(message)
        self.message, self.status, self.code = message, status, code


def requirement(text: str) -> Requirement | None:
    """A requirement as it is written, or None where it is none."""
    match = REQUIREMENT.fullmatch(text)
    if match is None:
        return None
    return Requirement(
        " ".join(text.split()), match["count"], match["metric"], match["data"], match["sign"], float(match["bound"])
    )


def grade(check: Check, desk: Desk) -> CheckResult:
    """All points where everything that is required holds."""
    name = next((name for name in desk.submission.files if name.endswith(".net")), None)
    if name is None:
        missing = Diagnosis("missing", "Declare your net in a file that ends in .net.", check.name)
        return CheckResult(check.name, 0, check.points, "error", "there is no .net file", missing)
    required = [found for found in map(requirement, check.require) if found is not None]
    try:
        with Folder() as folder:
            trial = _Trial(check, folder, desk.submission.files[name], desk.seed)
            said, right = trial.outcome(required)
    except Unfit as unfit:
        status: Any = unfit.status
        diagnosis = Diagnosis(unfit.code, "Look at your net with `graphc show`.", name) if status == "failed" else None
        return CheckResult(check.name, 0, check.points, status, f"{name}: {unfit.message}", diagnosis)
    if right:
        return CheckResult(check.name, check.points, check.points, "passed", said)
    return CheckResult(check.name, 0, check.points, "failed", said, Diagnosis("unknown", BOUND, name))


BOUND = "Every bound has to hold at once: trade width for depth, or try another activation."


class _Trial:
    """One net in a folder of its own, with what is left of its time."""

    def __init__(self, check: Check, folder: Path, net: bytes, seed: int) -> None:
        self.check, self.folder, self.seed = check, folder, seed
        self.end = monotonic() + check.seconds
        (folder / "answer.net").write_bytes(net)

    def outcome(self, required: list[Requirement]) -> tuple[str, bool]:
        """What is said of each requirement, and whether all hold."""
        counts = self._counts()
        said, right = [], True
        extra = max(0, counts["numbers"] - NUMBERS)
        for one in required:
            if one.count is not None and not isinstance(counts[one.count], int):
                raise Unfit(f"its {one.count} depend on sizes that are left free: {counts[one.count]}")
        for data in sorted(dict.fromkeys(one.data for one in required), key=lambda data: data is not None):  # counts
            mine = [one for one in required if one.data == data]
            counted = {one: counts[one.count] + extra for one in mine if one.count}
            values = counted if data is None else self._trained(data, mine)
            for one in mine:
                holds = one.holds(values[one])
                right &= holds
                said.append(f"{one.text}: {'yes' if holds else 'no'}, {_short(values[one])}")
                if one.count and extra:
                    said[-1] += f", with {extra} for the numbers that are written into it"
            if not right:  # a training that cannot help any more is not begun
                break
        return "; ".join(said), right

    def _counts(self) -> dict[str, Any]:
        found = self._asked("grader.counts", ["answer.net"], "reading")
        if "error" in found:
            raise Unfit(str(found["error"]))
        if not found["outputs"]:
            raise Unfit("nothing is marked `output`")
        if len(found["inputs"]) != 1:
            read = ", ".join(found["inputs"]) or "none"
            raise Unfit(f"its outputs are to be computed from one input, the data; here they read {read}")
        return found

    def _trained(self, data: str, required: list[Requirement]) -> dict[Requirement, float]:
        """What is required of a net that learnt from some data; of several tries the first that has it all."""
        metrics = ",".join(dict.fromkeys(str(one.metric) for one in required if one.metric != "loss"))
        given = [f"--{key.replace('_', '-')}={value}" for key, value in (self.check.train or {}).items()]
        given += [f"--metrics={metrics}"] if metrics else []
        values: dict[Requirement, float] = {}
        for turn in range(TRIES):
            arguments = ["train", "answer.net", "--data", data, "--seed", str((self.seed + turn) % 2**31), *given]
            try:
                found = self._asked("graphc", [*arguments, "--out", f"run{turn}", "--no-plots", "--json"], "training")
            except Unfit:
                if values:
                    break
                raise
            if "metrics" not in found:
                raise Unfit(f"it does not learn from {data}: {found.get('message')}")
            metrics_ = found["metrics"]
            values = {one: _metric(metrics_, str(one.metric)) for one in required}
            if all(one.holds(value) for one, value in values.items()):
                break
        return values

    def _asked(self, module: str, arguments: list[str], doing: str) -> dict[str, Any]:
        left = self.end - monotonic()
        late = f"{doing} it took longer than {self.check.seconds:g} seconds"
        if left <= 0:
            raise Unfit(late, "timeout")
        ended = run(module, arguments, self.folder, left, self.check.memory_mb)
        if ended.late:
            raise Unfit(late, "timeout")
        try:
            found: dict[str, Any] = json.loads(ended.output)
        except ValueError:
            said = f"{doing} it ended early, with exit code {ended.code}"
            said += f" ({ended.said[:MOST]})" if ended.said else ""
            raise Unfit(f"{said}; it may take {self.check.memory_mb} MB of memory", "error") from None
        return found


def _metric(metrics: Mapping[str, Any], name: str) -> float:
    value = metrics.get(HELD_OUT + name, metrics.get(name))
    return float(value) if isinstance(value, int | float) else float("nan")


def _short(value: float) -> str:
    return f"{value:,}" if isinstance(value, int) else f"{value:.4g}"
