"""The parser of `grammar.lark`, loaded from tables that were computed beforehand (4 ms) or computed now (90 ms).

`python -m graphc.language.tables` writes the tables again. They are used only if they fit the grammar and this lark.
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zlib import crc32

if TYPE_CHECKING:
    from lark import Lark

GRAMMAR = Path(__file__).with_name("grammar.lark")
TABLES = Path(__file__).with_name("tables.json")


@cache
def parser() -> Lark:
    """The one parser of this process; lark itself is imported here, so that help and lists start without it."""
    from lark import Lark

    from .build import Build, name_token

    options: dict[str, Any] = {"transformer": Build(), "lexer_callbacks": {"NAME": name_token}}
    grammar = GRAMMAR.read_text("utf-8")
    stored = _stored()
    if stored is not None and stored["fits"] == fits(grammar):
        return Lark._load_from_dict(stored["data"], stored["memo"], **options)
    return Lark(grammar, **_SETTINGS, **options)


# the basic lexer, not the contextual one: `a == 3` is then an error at `==`, and no word depends on the parser's state
_SETTINGS: dict[str, Any] = {
    "parser": "lalr",
    "lexer": "basic",
    "start": ["statement", "expression"],
    "maybe_placeholders": False,
}


def fits(grammar: str) -> str:
    """What tables are made for: this grammar and this lark."""
    import lark

    return f"{crc32(grammar.encode()):08x} lark {lark.__version__}"


def _stored() -> dict[str, Any] | None:
    """The tables on disk; JSON has made strings of the integer keys, which are made integers again."""
    if not TABLES.exists():
        return None
    return json.loads(
        TABLES.read_text("utf-8"), object_pairs_hook=lambda pairs: {int(k) if k.isdigit() else k: v for k, v in pairs}
    )


def computed() -> str:
    """The content that `tables.json` should have."""
    from lark import Lark
    from lark.grammar import Rule
    from lark.lexer import TerminalDef

    grammar = GRAMMAR.read_text("utf-8")
    data, memo = Lark(grammar, **_SETTINGS).memo_serialize([TerminalDef, Rule])
    return json.dumps({"fits": fits(grammar), "data": data, "memo": memo}, separators=(",", ":")) + "\n"


if __name__ == "__main__":
    TABLES.write_text(computed(), "utf-8")
