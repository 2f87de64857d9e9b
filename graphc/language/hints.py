"""What to try instead: a table from what stands in a text to what was likely meant."""

from __future__ import annotations

import re
from collections.abc import Iterable

from .errors import did_you_mean

KEYWORDS = {
    "input": "input x[n, 2]",
    "param": "param w[2]",
    "const": "const rate = 0.1",
    "output": "output y, or output y = …",
    "loss": "loss L, or loss L = …",
}

# What a slide or another language has and this one has not.
SIGNS = {
    **dict.fromkeys("×·⋅∙•∗⊙∘\u0387", "write `*` to multiply"),
    **dict.fromkeys("−–—‐‑", "write `-`, the hyphen of the keyboard"),
    **dict.fromkeys("÷∕⁄", "write `/` to divide"),
    **dict.fromkeys("¹⁰⁴⁵⁶⁷⁸⁹ⁿⁱ⁻⁺", "write `**` for powers, as in x**n"),
    "²": "write `**2` for a square",
    "³": "write `**3` for a cube",
    "^": "write `**` for powers",
    **dict.fromkeys("ᵀ⊤", "write transpose(x)"),
    "≤": "write `<=`",
    "≥": "write `>=`",
    "≠": "write `!=`",
    "√": "write sqrt(x)",
    "∑": "write sum[i](…)",
    "∏": "write prod[i](…)",
    "∫": "there are no integrals",
    **dict.fromkeys("∂∇", "a derivative is asked for, not written; in a written derivation it is dL/dw"),
    **dict.fromkeys("'′’‘`´", "a name has no primes: letters, digits and `_` only"),
    **dict.fromkeys('"“”', "a formula has names and numbers only"),
    **dict.fromkeys("‖∥|", "write abs(x), or sqrt(sum(x**2)) for a norm"),
    **dict.fromkeys("½¼¾", "write a quotient, as in 1/2"),
    "∞": "every number is finite",
    "∈": "write `in`, after the `:` of a declaration",
    **dict.fromkeys("←⇐", "write `=`"),
    "…": "write three dots: `...`",
    ";": "one statement a line",
    "\\": "a formula goes on in the next line while a bracket is open",
    "%": "write a - b*(a//b) for the remainder",
    "&": "multiply conditions to join them",
    "!": "write `!=` for unequal, and where(condition, 0, 1) for the opposite",
}

# What other languages call a function, and how it is written here.
ELSEWHERE = {
    "ln": "write log(x)",
    "log10": "write log(x)/log(10)",
    "log2": "write log(x)/log(2)",
    "pow": "write x**y",
    "square": "write x**2",
    "tan": "write sin(x)/cos(x)",
    "swish": "write silu(x)",
    "dot": "write a @ b",
    "matmul": "write a @ b",
    "average": "write mean(x)",
    "maximum": "write max(a, b)",
    "minimum": "write min(a, b)",
    "mse": "write mean(squared_error(y, t))",
    "zeros": "write zero[i<3] = 0",
    "ones": "write one[i<3] = 1",
}

# Rows of: terminals that the grammar would have taken here, or with `!` not; what stands before on the line; what was
# found instead ("" at the end of the line); and the hint. The first row that fits is given.
VALUE = r"[\w.(].*"
ROWS = [
    ("EQUAL", r"def", r".*", "write f(x) = … to define a function"),
    ("EQUAL", r"for", r".*", "write sum[i](…) to sum over i"),
    ("EQUAL", r"(output|loss) .*", r"\(", "give it a name first, as in loss L = …"),
    ("EQUAL", r"const .*", r"\[", "a constant is one number"),
    ("EQUAL", r"const .*", r".*", f"write {KEYWORDS['const']}"),
    ("EQUAL", r"(output|loss) (output|loss)", r".*", "one mark a statement; a second one stands on a line of its own"),
    ("EQUAL", r"(output|loss) .*\]", r"", "write output y, without its axes"),
    ("EQUAL COMMA", r"(output|loss) .*", VALUE, "names stand apart with commas, as in output y, z"),
    ("TIMES", r".*", r"=", "write `==` to compare"),
    ("EQUAL RPAR", r".*", r".*", "a function's arguments are names, as in f(x, y) = …"),
    ("NAME !NUMBER", r"[^=]*\(.*", r".*", "a function's arguments are names, as in f(x, y) = …"),
    ("EQUAL", r".*", r"==|:|<", "write `=` to define"),
    ("EQUAL", r".*", r"[-+*/@]+", "on the left stands one name, and each is defined once"),
    ("EQUAL", r"[^(]*", r",", "one name an equation"),
    ("EQUAL", r"\S*", rf"|{VALUE}", "a statement is name = formula"),
    ("INPUT", r"", r"[-+*/@,<>=]+", "to go on from the line before, put the whole formula in brackets"),
    ("INPUT", r"", r"[0-9].*", "a name starts with a letter"),
    ("INPUT", r".*", r".*", "a statement is name = formula, or starts with " + ", ".join(KEYWORDS)),
    ("LESS RSQB !TIMES", r".*", r"<=", "write i<4 for i = 0, 1, 2, 3"),
    ("LESS RSQB !TIMES", r".*", r".*", "the left side names its axes, as in y[i,j] = …"),
    ("NAME ELLIPSIS !NUMBER", r"(input|param) \[", r".*", "give it a name first, as in param w[2]"),
    ("NAME ELLIPSIS !NUMBER", r".*\[", r"\]", "without brackets it is a scalar"),
    ("NAME ELLIPSIS !NUMBER", r".*\[.*", r".*", "the left side names its axes, as in y[i,j] = …"),
    ("COLON", r".*", r"=", "a declaration gives no value; a fixed number is const name = 0.1"),
    ("COLON", r".*", r"in|integer|one_hot|distribution", "write `:` before what is assumed"),
    ("COLON", r".*", r"\[", "all sizes stand in one bracket, as in x[n, 2]"),
    ("COLON", r".*", rf",|{VALUE}", "one declaration a line"),
    ("LBRACE", r".*\bin", r"\[", "write in {0, 1} for two values, in (0, 1) for the numbers between"),
    ("NUMBER", r"(input|param) .*\[", r"\]", "without brackets it is a scalar"),
    ("NUMBER", r".*", r"[\[{]", "there are no lists in a formula"),
    ("", r".*", r":", "there are no slices: name the index, as in y[i<3] = x[i+1]"),
    ("TIMES", r".*", r"if|else", "write where(condition, a, b)"),
    ("TIMES", r".*", r"and|or", "multiply conditions to join them"),
    ("TIMES", r".*", r"for", "write sum[i](…) to sum over i"),
    ("TIMES", r".*\bif", r".*", "write where(condition, a, b)"),
    ("TIMES", r".*\bnot", r".*", "write where(condition, 0, 1) for the opposite"),
    ("TIMES", r".*[0-9.]", r"\.[0-9].*", "a number has one point"),
    ("TIMES", r".*", r"\.T", "write transpose(x)"),
    ("TIMES", r".*", r"\.\w*", "there are no methods: write f(x), not x.f()"),
    ("TIMES", r".*[0-9]", r"_[0-9_]*", "digits stand together, as in 1000"),
    ("TIMES", r".*\b0", r"[xXoObB]\w*", "numbers are decimal"),
    ("TIMES", r".*[0-9.]", r"[eE]", "an exponent has digits, as in 1e-5"),
    ("TIMES", r".*\b(sum|mean|max|min|prod|logsumexp)\[[^\]]*\]", VALUE, "a reduction has brackets: sum[j](…)"),
    ("TIMES RSQB", r"(input|param) [^\[]*\[[^\]]*", VALUE, "sizes stand apart with commas, as in x[n, m]"),
    ("TIMES", r".*", VALUE, "write `*` to multiply"),
    ("RPAR", r".*\](\(.*)", r",", "a reduction has one formula in its brackets"),
    ("$END", r"[^=]*=.*", r",", "one formula an equation; a shape has brackets, as in (n, 2)"),
]


def near(name: str, known: Iterable[str]) -> str | None:
    """`did_you_mean`, at a length at which comparing stays quick."""
    return did_you_mean(name[:40], known)


def hint(accepted: set[str], before: str, found: str) -> str | None:
    """What to try where `found` stands after `before`, and the grammar would have taken one of `accepted`."""
    if found in SIGNS:
        return SIGNS[found]
    before, found = " ".join(before[-200:].split()), found[:200]
    if "TIMES" in accepted:  # inside a formula, `=` could only name an argument
        accepted = accepted - {"EQUAL"}
    if "EQUAL" in accepted and before in KEYWORDS:
        return f"write {KEYWORDS[before]}"
    if "EQUAL" in accepted and found[:1].isalpha() and " " not in before:
        guess = near(before, KEYWORDS)
        if guess:
            return guess
    for wanted, earlier, here, tip in ROWS:
        fits = all(
            (terminal[1:] not in accepted) if terminal[0] == "!" else terminal in accepted
            for terminal in wanted.split()
        )
        if fits and re.fullmatch(earlier, before) and re.fullmatch(here, found):
            return tip
    return None
