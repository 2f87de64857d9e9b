"""The fenced blocks of a Markdown file, in order, and what running each of them comes to.

A ```net block has to load; one that starts with `# NAME.net` is kept under that name for the blocks after it. A comment
at the end of a line in it, `# shape (n, 3)` or `# value [1, 2]`, is a claim about the tensor that the line defines.
A ```net error block has to fail. A ```deriv block that starts with `# NAME.deriv` is kept for a `graphc check`, and so
are ```toml and ```python file blocks under their names, which may have folders, for a `graphc grade`.
```python blocks run, one after another, as one program. In ```console blocks the `$ graphc …` commands run. What a
block prints, or the error it ends in, is compared with what the page shows: below the command, or in a ```text block
right after. `...` there stands for anything, and where a line has it, a column may be wider or narrower.
"""

from __future__ import annotations

import contextlib
import io
import os
import re
import shlex
from collections.abc import Callable, Iterator
from functools import cache
from itertools import zip_longest
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

import graphc
from graphc.cli.main import run

FENCE = re.compile(r"^```(?P<kind>[^\n`]*)\n(?P<body>.*?)^```$", re.MULTILINE | re.DOTALL)
NAMED = re.compile(r"# ([\w./-]+\.(?:net|deriv|toml|py))\b")
SANDBOXED = ("grade", "watch", "exercises")  # commands that run what a student wrote
CLAIM = re.compile(r"^(?:(?:output|loss|input|param|const) )?(\w+).*# (shape|value) (.+)$", re.MULTILINE)


class Block(NamedTuple):
    kind: str
    body: str
    line: int
    shown: str | None  # the ```text block right after


def blocks(markdown: str) -> Iterator[Block]:
    found = list(FENCE.finditer(markdown))
    for block, after in zip_longest(found, found[1:]):
        adjacent = after is not None and after["kind"] == "text" and not markdown[block.end() : after.start()].strip()
        shown = after["body"] if after is not None and adjacent else None
        yield Block(block["kind"].strip(), block["body"], markdown.count("\n", 0, block.start()) + 1, shown)


class Page:
    """One page's blocks share a folder, a Python namespace and the files written so far."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.names = folder, {"__name__": "__main__"}

    def run(self, block: Block) -> None:
        runner: dict[str, Callable[[Block], object]] = {
            "net": self.net,
            "net error": self.refused,
            "deriv": self.written,
            "toml": self.written,
            "python file": self.written,
            "python": self.python,
            "console": self.console,
        }
        if block.kind in runner:
            with contextlib.chdir(self.folder):
                runner[block.kind](block)

    def net(self, block: Block) -> None:
        net = graphc.load(self.written(block))
        claims = CLAIM.findall(block.body)
        assert len(claims) == len(re.findall(r"# (?:shape|value) ", block.body)), "a claim says nothing of its line"
        for name, what, claim in claims:
            compare(claim.strip(), shape(net[name]) if what == "shape" else value(net[name]))

    def refused(self, block: Block) -> None:
        try:
            graphc.load(self.written(block))
        except graphc.GraphcError as error:
            compare(block.shown or "...", str(error))
        else:
            raise AssertionError("this block was to be refused")

    def written(self, block: Block) -> str:
        named = NAMED.match(block.body)
        name = named[1] if named else f"example.{block.kind.split()[0]}"
        Path(name).parent.mkdir(parents=True, exist_ok=True)
        Path(name).write_text(block.body, "utf-8")
        return name

    def python(self, block: Block) -> None:
        out = io.StringIO()
        with contextlib.redirect_stdout(out):
            exec(compile(block.body, f"<line {block.line}>", "exec"), self.names)
        if block.shown is not None:
            compare(block.shown, out.getvalue())

    def console(self, block: Block) -> None:
        for command, shown in re.findall(r"^\$ (.*)\n((?:(?!\$ ).*\n)*)", block.body, re.MULTILINE):
            program, *arguments = shlex.split(command, comments=True)
            if program != "graphc" or (arguments[0] in SANDBOXED and not isolates()):
                continue
            out = io.StringIO()
            with contextlib.redirect_stdout(out), contextlib.redirect_stderr(out):
                code = run(arguments)
            assert shown or code == 0, f"{command}: exit code {code}\n{out.getvalue()}"
            if shown.strip():
                compare(shown, out.getvalue())


@cache
def isolates() -> bool:
    """Whether students' code can be run here; a test that has to know says so itself."""
    from grader.sandbox import probe

    return probe().isolates or bool(os.environ.get("GRAPHC_NEEDS_SANDBOX"))


def shape(node: Any) -> str:
    return "(" + ", ".join(map(str, node.shape)) + ("," if node.rank == 1 else "") + ")"


def value(node: Any) -> str:
    found = np.asarray(graphc.compile(node)(), float) + 0.0  # no -0
    return " ".join(np.array2string(found, separator=", ", formatter={"float": "{:.7g}".format}).split())


def compare(shown: str, found: str) -> None:
    """Line ends' blanks do not count, and `...` is anything; a number that is left open moves what stands before it."""
    wanted, got = ("\n".join(line.rstrip() for line in text.strip("\n").split("\n")) for text in (shown, found))
    pattern = "\n".join(_pattern(line) for line in wanted.split("\n"))
    assert re.fullmatch(pattern, got, re.DOTALL), f"the page shows\n{wanted}\nand what comes is\n{got}"


def _pattern(line: str) -> str:
    known = [re.escape(part) for part in line.split("...")]
    return ".*?".join(known if len(known) == 1 else (re.sub(r"(\\ ){2,}", " +", part) for part in known))
