"""The corpus of written derivations: what each file says, and what is known about each line (corpus/README.md)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).parent / "corpus"


@dataclass(frozen=True)
class Case:
    """One derivation. `false_line` is None where all of it is right."""

    topic: str
    name: str
    text: str
    false_line: int | None = None
    kind: str = ""
    repair: str = ""
    needs: str = ""

    def __str__(self) -> str:
        return f"{self.topic}: {self.name}"


def cases() -> Iterator[Case]:
    """Every case, topic by topic."""
    for path in sorted(HERE.glob("*.derivs")):
        for part in path.read_text(encoding="utf-8").split("### ")[1:]:
            name, _, body = part.partition("\n")
            yield _case(path.stem, name.strip(), body.rstrip() + "\n")


def _case(topic: str, name: str, body: str) -> Case:
    marked = [(number, line) for number, line in enumerate(body.split("\n"), 1) if "#!" in line]
    if not marked:
        return Case(topic, name, body)
    (number, line), *others = marked
    assert not others, f"{name}: one mark a case"
    kind, *facts = (part.strip() for part in line.partition("#!")[2].split(";"))
    said = dict(fact.split(": ", 1) for fact in facts)
    text = body.replace(line, line.partition("#!")[0].rstrip())
    return Case(topic, name, text, number, kind, said.pop("repair", ""), said.pop("needs", ""))
