"""The mistakes that have a name: how specific each is, and what the student is told. No sentence says the answer."""

from __future__ import annotations

from dataclasses import dataclass

from ..result import Diagnosis


@dataclass(frozen=True)
class Misconception:
    """`text` has a place for where the mistake is."""

    code: str
    text: str


# From the most specific to the least: where two explain an answer, the first is told.
TABLE = (
    Misconception(
        "ignored-upstream",
        "The answer does not change with the upstream gradient. What comes back from {where} has to be carried on.",
    ),
    Misconception("sign", "The sign is wrong at {where}. Follow the minus signs from there."),
    Misconception(
        "missing-mean",
        "A mean is taken at {where}, and the answer looks as if there were a sum. What does the mean divide by?",
    ),
    Misconception(
        "extra-mean",
        "The answer is divided by a number of elements at {where}, where nothing is averaged.",
    ),
    Misconception("swapped", "Two things that play different parts are exchanged at {where}."),
    Misconception(
        "transpose",
        "The rows and columns of {where} have changed places. Compare the shapes in the product.",
    ),
    Misconception(
        "flipped-kernel",
        "The kernel runs the other way round at {where}. Which element of it meets the first one of the window?",
    ),
    Misconception(
        "wrong-axis",
        "The right numbers are put together along the wrong axis at {where}. Which index is summed over?",
    ),
    Misconception("missing-sum", "Contributions to {where} are not added up. Who else reads the same number?"),
    Misconception(
        "off-by-one",
        "Something at {where} is counted from the wrong place, or once too often or too seldom.",
    ),
    Misconception(
        "dropped-factor", "A factor, or a function, is left out at {where}. Go along its equation link by link."
    ),
    Misconception(
        "missing-term",
        "A part of {where} is left out: there is another way through the graph, or another term.",
    ),
    Misconception(
        "wrong-point",
        "A factor at {where} is evaluated at the wrong value. Is it the value before the function or after it?",
    ),
    Misconception("forward-instead", "This is the value of {where}, not what was asked for."),
    Misconception("constant-factor", "The answer is right but for a constant factor at {where}."),
    Misconception("wrong-shape", "The numbers are right, but their shape is not: look at the axes of {where}."),
    Misconception("wrong-dtype", "The type of the array cannot hold the answer: {where} has fractions."),
    Misconception(
        "overflow",
        "For large inputs the numbers of {where} leave the range of floating point, though the answer is "
        "finite. Can the exponential be kept small?",
    ),
    Misconception(
        "non-finite",
        "NaN or infinity comes out for {where}. Where is something divided by zero, or a logarithm taken of it?",
    ),
    Misconception(
        "hard-coded",
        "The answer for {where} is the same whatever is handed over, or fits some calls only: it has to follow from "
        "the arguments, for every size.",
    ),
    Misconception(
        "approximate",
        "The answer for {where} is close, but not exact. It should follow from a formula, without a small "
        "step, a rounding or an added epsilon.",
    ),
    Misconception("missing", "Nothing came back for {where}."),
    Misconception("mutates-input", "The call changed what it was given: {where}. Work on a copy."),
    Misconception("unknown", "The answer for {where} is wrong, and no usual mistake explains it.{witness}"),
)
BY_CODE = {row.code: row for row in TABLE}
RANK = {row.code: place for place, row in enumerate(TABLE)}


def told(code: str, where: str, witness: str = "") -> Diagnosis:
    """The diagnosis of a code at a place."""
    return Diagnosis(code, BY_CODE[code].text.format(where=f"`{where}`", witness=witness), where)
