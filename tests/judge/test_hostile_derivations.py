"""Derivations that nobody would write: each is answered in seconds, in words, and without a traceback."""

from __future__ import annotations

from time import perf_counter

import pytest

from graphc.judge.check import check
from graphc.judge.report import Explanation
from graphc.language.errors import GraphcError
from graphc.language.expression import Source

LIMIT = 5.0  # seconds a line; the machine that tests may be a slow one
SLOW = 4.0


@pytest.fixture(autouse=True)
def _lines_alone(monkeypatch):
    """Repairs have their own budget and tests."""
    monkeypatch.setattr("graphc.judge.check._explanation", lambda *_: Explanation())


def answer(text):
    start = perf_counter()
    try:
        found = check(Source("f.deriv", text))
        said = [(line.status, line.note) for line in found.lines][-1]
    except GraphcError as error:
        said = ("refused", error.message)
    assert perf_counter() - start < LIMIT * SLOW
    return said


def named(count, form, start="x"):
    """A given of many equations, each from the one before."""
    rows = [f" a0 = {start}", *(f" a{k + 1} = {form.format(k=k)}" for k in range(count))]
    return "given\n" + "\n".join(rows) + "\n"


def nested(opening, inside, closing, count):
    return opening * count + inside + closing * count


DECIDED = {
    "a sum of four thousand terms": (
        "show " + "+".join(f"x*{k}" for k in range(4000)) + "\n= x*7998000\n",
        "true",
    ),
    "a product of four thousand factors": ("show " + "*".join(["x"] * 4000) + "\n= x**4000\n", "true"),
    "the derivative of a long product": (
        "given\n L = " + "*".join(f"x{k}" for k in range(1500)) + "\nshow dL/dx0\n= L/x0\n",
        "true",
    ),
    "sums that double": (named(300, "a{k} + a{k}") + "show da300/dx\n= 2**300\n", "true"),
    "products that double": (named(60, "a{k}*a{k}") + "show da60/dx\n= 2**60*x**(2**60 - 1)\n", "true"),
    "nine hundred signs": ("show " + "-" * 900 + "x\n= x\n", "true"),
    "hundred and ninety brackets": ("show " + nested("(", "x", ")", 190) + "\n= x\n", "true"),
    "nested conditions": ("show " + nested("where(x > 0, ", "1", ", 0)", 100) + "\n= step(x)\n", "true"),
    "a tower of powers": ("show ((((((x**y)**y)**y)**y)**y)**y)\n= x**(y**6)\n", "true"),
    "thirty absolute values": (
        "show "
        + "+".join(f"abs(x{k})" for k in range(30))
        + "\n= "
        + "+".join(f"abs(-x{k})" for k in range(30))
        + "\n",
        "true",
    ),
    "a thousand equal lines": ("show x\n" + "= x + 0\n= x\n" * 500, "true"),
    "a power with a huge exponent": ("show x**(10**30)\n= x\n", "false"),
    "numbers of four thousand digits": ("show 10**3999*x\n= 10**3999*x + 1\n", "false"),
    "exponentials of exponentials": (
        "show exp(exp(exp(exp(x))))\n= exp(exp(exp(exp(x + 1e-300))))\n",
        "false",
    ),
    "a tower of names": ("show " + "**".join(["x"] * 500) + "\n= x\n", "false"),
    "a net of five axes": (
        "given\n x[N,C,G,H,W]\n w[O,C,Q,R,S]\n y = conv3d(x, w)\n L = sum(y)\nshow dL/dw[o,c,q,r,s]\n= 1\n",
        "false",
    ),
}
LEFT_OPEN = {
    "a million terms by an index": ("show sum[i<1000000](x[i])\n= 1\n", "undecided"),
    "nested sums": ("show sum[i<300](sum[j<300](sum[k<300](i*j*k*x)))\n= 1\n", "undecided"),
    "sixty axes": ("given\n x[" + ",".join(f"n{k}" for k in range(60)) + "]\nshow sum(x)\n= 1\n", "undecided"),
    "functions that double": (
        "given\n f0(z) = z + z\n"
        + "\n".join(f" f{k + 1}(z) = f{k}(f{k}(z))" for k in range(30))
        + "\nshow f30(x)\n= x\n",
        "undecided",
    ),
    "functions three thousand deep": (
        "given\n f0(z) = z + 1\n"
        + "\n".join(f" f{k + 1}(z) = f{k}(z) + 1" for k in range(3000))
        + "\nshow f3000(x)\n= x + 3001\n",
        "undecided",
    ),
    "exponentials beyond all numbers": ("show " + nested("exp(", "x", ")", 150) + "\n= x\n", "undecided"),
    "values that are nowhere": ("show sqrt(-x**2 - 1)\n= 1\n", "undecided"),
    "angles beyond all digits": ("show sin(10**3000*x)\n= 1\n", "undecided"),
}
REFUSED = {
    "more than a hundred thousand tokens": ("show " + "x+" * 60_000 + "x\n= x\n", "refused"),
    "a NUL byte": ("show \x00\n= 1\n", "refused"),
    "brackets too deep": ("show " + nested("(", "x", ")", 300) + "\n= x\n", "refused"),
    "a name too long": ("show " + "x" * 10_000 + "\n= x\n", "refused"),
    "a number too long": ("show 1e99999\n= x\n", "refused"),
}


@pytest.mark.parametrize("name", [*DECIDED, *LEFT_OPEN, *REFUSED])
def test_a_hostile_derivation_is_answered(name):
    text, wanted = {**DECIDED, **LEFT_OPEN, **REFUSED}[name]
    status, note = answer(text)
    assert status == wanted
    if wanted == "undecided":
        assert note


def test_a_chain_of_ten_thousand_equations_is_no_deeper_than_one():
    status, _ = answer(named(3000, "sin(a{k})") + "show da3000/dx\n= 1\n")
    assert status in ("false", "undecided")  # by what the machine does in the time


def tower(last, count=60):
    return nested("(", "x", " + 1)**2", count - 1).join(("(", f" + {last})**2"))


HIDDEN = {
    "a difference behind astronomical values": ("show " + tower(1) + "\n= " + tower(2) + "\n", "false"),
    "one inside a function that the fields do not know": (
        "show sin(1/" + tower(1) + ")\n= sin(1/" + tower(2) + ")\n",
        "undecided",
    ),
    "a part of no weight": ("show x\n= x + exp(-20000)*x\n", "false"),
    "a part of hardly any": ("show x\n= x + 10**-60\n", "false"),
    "a part behind a flat function": (
        "show erf(10**9*x**2 + 10**9 + y)\n= erf(10**9*x**2 + 10**9 + 2*y)\n",
        "undecided",
    ),
    "a part behind one that the fields know": (
        "show sigma(10**9*x**2 + 10**9 + y)\n= sigma(10**9*x**2 + 10**9 + 2*y)\n",
        "false",
    ),
    "towers of exponentials": ("show 2**(2**(2**x))\n= 2**(2**(2**x)) + 1\n", "false"),
    "a huge value written in two ways": ("show " + tower(1) + "\n= " + tower("2 - 1") + "\n", "true"),
}


@pytest.mark.parametrize("case", HIDDEN)
def test_no_difference_hides_behind_the_digits_that_were_compared(case):
    text, wanted = HIDDEN[case]
    assert answer(text)[0] == wanted
