"""The mistakes as a page: `python -m grader.misconceptions.page > docs/mistakes.md`."""

from __future__ import annotations

from .examples import EXAMPLES, MODELS, Example
from .table import TABLE

INTRODUCTION = """\
# The mistakes that have a name

What `graphc grade` finds wrong with a function has a code, for the statistics of a class, and a sentence for the
student, which does not give the answer away. The first of this page that explains an answer is told, as the more
specific says more. A mistake is named where a model with just this mistake gives the student's numbers in every
ordinary call, or where the numbers themselves show it; where neither is so, it is `unknown`, with the smallest example
that was found. Formulas and derivations use the same codes.

| code | what is said, with the place put in |
| --- | --- |
"""
EXAMPLE = """
## {code}

{where}: asked for `{returns}`, with `{call}`, somebody writes

```py
{body}
```
"""


def page() -> str:
    """The whole text: the table, an answer for each code that makes the mistake, and the models that these are of."""
    rows = [f"| [`{row.code}`](#{row.code}) | {row.text.format(where='`…`', witness='')} |" for row in TABLE]
    by_code = {example.code: example for example in EXAMPLES}
    return "".join(
        [
            INTRODUCTION,
            "\n".join(rows),
            "\n",
            *(_example(by_code[row.code]) for row in TABLE),
            "\n## The models\n",
            *_models(),
        ]
    )


def _example(example: Example) -> str:
    title, _ = MODELS[example.model]
    where = title[:1].upper() + title[1:]
    return EXAMPLE.format(code=example.code, where=where, returns=example.returns, call=example.call, body=example.body)


def _models() -> list[str]:
    return [f"\n{title[:1].upper() + title[1:]}:\n\n```net\n{text}```\n" for title, text in MODELS.values()]


if __name__ == "__main__":
    print(page(), end="")
