"""What a student wrote down: a line of answers.txt, or a constant in the Python file, which is read and never run."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass
from functools import lru_cache

from .submission import ANSWERS, Submission

LINE = re.compile(r"\s*([^\W\d]\w*)\s*(\[[^\]=]*\])?\s*=(?!=)(.*)", re.DOTALL)
LONGEST = 4_000  # characters of an answer
OPENING, CLOSING = "([{", ")]}"


@dataclass(frozen=True)
class Answer:
    """The right side as it was written, with the left side if there was one, and where it stands."""

    left: str
    right: str
    place: str

    @property
    def text(self) -> str:
        return f"{self.left} = {self.right}"


def written(submission: Submission, name: str) -> Answer | None:
    """The answer of this name; that of answers.txt before one in the Python file, the last before an earlier one."""
    for answer in reversed(_in_answers(submission)):
        if answer.left.partition("[")[0].strip() == name:
            return answer
    return _in_code(submission).get(name)


def _in_answers(submission: Submission) -> list[Answer]:
    text = submission.files.get(ANSWERS, b"").decode("utf-8-sig", "replace")
    found = []
    for number, line in _logical(text):
        match = LINE.fullmatch(line)
        if match is not None and len(line) <= LONGEST:
            found.append(Answer(match[1] + (match[2] or ""), match[3].strip(), f"{ANSWERS}, line {number}"))
    return found


def _logical(text: str) -> list[tuple[int, str]]:
    """Lines without comments; one with open brackets goes on in the next."""
    found: list[tuple[int, str]] = []
    depth = 0
    for number, raw in enumerate(text.splitlines(), 1):
        line = raw.partition("#")[0].rstrip()
        if depth > 0 and LINE.match(line) is None:
            found[-1] = (found[-1][0], f"{found[-1][1]} {line.strip()}")
        elif line.strip():
            found.append((number, line))
            depth = 0
        depth += sum((c in OPENING) - (c in CLOSING) for c in line)
    return found


def in_function(submission: Submission, line: int) -> bool:
    """Whether a line of the Python file stands in a function; the others run when the file is loaded."""
    if submission.notebook is not None:
        return True
    body = _parsed(submission)
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)
    functions = (part for part in ast.walk(ast.Module(body, [])) if isinstance(part, kinds))
    return any(part.lineno <= line <= (part.end_lineno or line) for part in functions)


def functions(submission: Submission) -> list[str]:
    """The names of the functions that the Python file defines."""
    return [one.name for one in _parsed(submission) if isinstance(one, ast.FunctionDef)]


def _parsed(submission: Submission) -> list[ast.stmt]:
    """The statements of the Python file; none where it cannot be read."""
    try:
        return ast.parse(submission.listing).body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return []


@lru_cache(8)
def _in_code(submission: Submission) -> dict[str, Answer]:
    """The constants of the Python file by name, as text."""
    listing = submission.listing
    found: dict[str, Answer] = {}
    for statement in _parsed(submission):
        if isinstance(statement, ast.Assign) and all(isinstance(one, ast.Name) for one in statement.targets):
            targets = [one.id for one in statement.targets if isinstance(one, ast.Name)]
        elif isinstance(statement, ast.AnnAssign) and isinstance(statement.target, ast.Name):
            targets = [statement.target.id]
        else:
            continue
        text = _constant(statement.value, listing)
        place = f"{submission.name}, line {statement.lineno}" if submission.notebook is None else submission.name
        for name in targets if text is not None else ():
            found[name] = Answer(name, text or "", place)
    return found


def _constant(value: ast.expr | None, listing: str) -> str | None:
    """A string's own text, or numbers and what combines them as they stand."""
    if isinstance(value, ast.Constant) and isinstance(value.value, str):
        return " ".join(value.value.split()) if len(value.value) <= LONGEST else None
    numbers = (ast.Constant, ast.BinOp, ast.UnaryOp, ast.operator, ast.unaryop)
    if value is not None and all(isinstance(part, numbers) for part in ast.walk(value)):
        text = ast.get_source_segment(listing, value)
        return " ".join(text.split()) if text is not None and len(text) <= LONGEST else None
    return None
