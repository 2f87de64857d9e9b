"""Everything that the documentation shows is run, and does what is shown."""

from __future__ import annotations

from pathlib import Path

import pytest
from fenced import Block, Page, blocks

ROOT = Path(__file__).parents[2]
PAGES = [page for page in (ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))) if page.exists()]
GRADED = ("first-exercise.md", "mark-a-class.md")  # pages that grade class after class
MARKED = [pytest.param(page, marks=pytest.mark.slow) if page.name in GRADED else page for page in PAGES]


@pytest.mark.parametrize("file", MARKED, ids=lambda file: file.name)
def test_every_example_of_a_page_does_what_is_shown(file, tmp_path):
    page = Page(tmp_path)
    slips = []
    for block in blocks(file.read_text("utf-8")):
        try:
            page.run(block)
        except Exception as error:
            slips.append(f"{file.name}:{block.line}: {type(error).__name__}: {error}")
    assert slips == []


def run(tmp_path: Path, kind: str, body: str, shown: str | None = None) -> None:
    Page(tmp_path).run(Block(kind, body, 1, shown))


@pytest.mark.parametrize(
    ("kind", "body", "shown"),
    [
        ("net", "y = x", None),
        ("net", "input x[n, 2]\ny = x  # shape (n, 3)", None),
        ("net", "y = 2**3  # value 9", None),
        ("net", "y = 2**3\n  # value 8", None),
        ("net error", "y = 2", None),
        ("net error", "y = x^2", "something else"),
        ("python", "print(1)", "2"),
        ("python", "1/0", None),
        ("python", "print('loss  0.25')", "loss   0.25"),
        ("python", "print('loss  0.25')", "loss   0.3..."),
        ("console", "$ graphc --version\nsomething else\n", None),
        ("console", "$ graphc show nowhere.net\n", None),
    ],
)
def test_an_example_that_does_otherwise_is_noticed(kind, body, shown, tmp_path):
    with pytest.raises(Exception):  # noqa: B017, PT011
        run(tmp_path, kind, body, shown)


@pytest.mark.parametrize(
    ("kind", "body", "shown"),
    [
        ("net", "input x[n, 2]\ny[i] = sum[j](x[i,j])  # shape (n,)\nc = 2**3  # value 8", None),
        ("net error", "# a.net - slips\ny = x^2", "a.net:2:6: expected ... `^`\n...\nhint: write `**` for powers"),
        ("python", "print(1)\n", "1\n"),
        ("python", "print('loss  0.25')", "loss    0.2..."),
        ("console", "$ graphc --version\ngraphc ...\n$ make test\n", None),
        ("sh", "not run", None),
    ],
)
def test_an_example_that_does_what_is_shown_passes(kind, body, shown, tmp_path):
    run(tmp_path, kind, body, shown)


def test_a_named_net_is_there_for_the_commands_below_it(tmp_path):
    page = Page(tmp_path)
    markdown = "```net\n# a.net - four\ny = 2**2\n```\n\nThen\n\n```console\n$ graphc show a.net --json\n{...}\n```\n"
    for block in blocks(markdown):
        page.run(block)
    assert (tmp_path / "a.net").exists()
