"""What a syntax error says: what was expected, in people's words, what is there, and what is likely meant."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from .errors import did_you_mean, shown
from .expression import Span

if TYPE_CHECKING:
    from .lines import Line


class BadText(Exception):
    """An error whose place is known and whose file is not yet."""

    def __init__(self, message: str, span: Span, hint: str | None = None) -> None:
        super().__init__(message)
        self.message, self.span, self.hint = message, span, hint


KEYWORDS = {
    "input": "input x[n, 2]",
    "param": "param w[2]",
    "const": "const rate = 0.1",
    "output": "output y = …, or output y",
    "loss": "loss L = …, or loss L",
}

# What a slide has and the language has not, and what to write for it.
SIGNS = {
    **dict.fromkeys("×·⋅∙•∗⊙∘", "write `*` to multiply"),
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
    **dict.fromkeys("∂∇", "derivatives are asked for, not written: `--wrt`, or dL/dw in a derivation"),
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
    ".": "there are no methods: write f(x), not x.f()",
    ":": "there are no slices: name the index, as in y[i<3] = x[i+1]",
    **dict.fromkeys(["if", "else"], "write where(condition, a, b)"),
    **dict.fromkeys(["and", "or", "not"], "multiply conditions to join them"),
    "for": "write sum[i](…) to sum over i",
    "=": "write `==` to compare",
}

# How the grammar's terminals are called; the first that is possible stands for all that its row names.
WORDS = {
    "INPUT": ("a statement", {"PARAM", "CONST", "OUTPUT", "LOSS", "NAME"}),
    "NUMBER": ("an expression", {"NAME", "SIGN", "LPAR", "ELLIPSIS"}),
    "TIMES": ("an operator", {"SIGN", "POWER", "LESS", "COMPARE", "LSQB", "LPAR", "EQUAL"}),
    "NAME": ("a name", {"ELLIPSIS"}),
    "LESS": ("`<`", set()),
    "EQUAL": ("`=`", set()),
    "COLON": ("`:`", set()),
    "COMMA": ("`,`", set()),
    "LPAR": ("`(`", set()),
    "LSQB": ("`[`", set()),
    "LBRACE": ("`{`", set()),
    "RPAR": ("`)`", set()),
    "RSQB": ("`]`", set()),
    "RBRACE": ("`}`", set()),
    "$END": ("the end of the line", set()),
}


def near(name: str, known: Iterable[str]) -> str | None:
    return did_you_mean(name[:40], known)


def stray(character: str, span: Span) -> BadText:
    return BadText(f"`{shown(character)}` has no meaning here", span, SIGNS.get(character))


def complaint(unexpected: Any, accepted: set[str], line: Line) -> BadText:
    """What lark found unexpected, and the terminals that it would have taken, as an error for people."""
    token = getattr(unexpected, "token", None)
    if token is None:  # a character that starts no token
        offset, found = unexpected.pos_in_stream, line.text[unexpected.pos_in_stream]
        if found not in "^:.":
            return stray(found, Span(unexpected.line, unexpected.column))
        span = Span(unexpected.line, unexpected.column)
    elif token.type == "$END":
        offset, found, span = len(line.text), "", _end(line)
    else:
        offset, found, span = token.start_pos, str(token), Span(token.line, token.column)
    what = f"`{shown(found)}`" if found else "the end of the line"
    return BadText(f"expected {_either(_words(accepted))}, found {what}", span, _hint(found, offset, accepted, line))


def _end(line: Line) -> Span:
    """Just after the last token."""
    *before, last = line.text.split("\n")
    return Span(line.line + len(before), len(last) + (1 if before else line.column))


def _words(accepted: set[str]) -> list[str]:
    words, told = [], set[str]()
    for terminal, (word, others) in WORDS.items():
        if terminal in accepted and terminal not in told:
            words.append(word)
            told |= others
    return words


def _either(words: list[str]) -> str:
    return " or ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)


def _hint(found: str, offset: int, accepted: set[str], line: Line) -> str | None:
    before = line.text[:offset].split(maxsplit=1)
    first = before[0] if before else ""
    value = found[:1].isalnum() or found[:1] in ("(", "_", ".")
    if len(before) == 1 and "EQUAL" in accepted and value and found != "(":
        if first in KEYWORDS:
            return f"write {KEYWORDS[first]}"
        return near(first, KEYWORDS) or "a statement is name = formula"
    if "EQUAL" in accepted and found == "==":
        return "write `=` to define"
    if found in SIGNS and not (found == "=" and "TIMES" not in accepted):
        return SIGNS[found]
    if "INPUT" in accepted:
        return "a statement is name = formula, or starts with " + ", ".join(KEYWORDS)
    if value and "TIMES" in accepted:
        return "write `*` to multiply"
    return None
