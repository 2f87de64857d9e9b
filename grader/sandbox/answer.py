"""What came back from a call of a student's function; read from the worker's message, of which nothing is believed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from ..visible import visible
from ..wire import Message, WireError

FROM_WORKER = ("value", "absent", "raised", "nothing", "no-array", "memory")
LONGEST_MESSAGE = 4000


@dataclass(frozen=True)
class Answer:
    """`kind` says what came; `values` are arrays of plain numbers, `bare` where they were no tuple or list.

    value: an answer. absent: no such function. raised: the student's code failed, at `line` of its file. nothing: None.
    no-array: something of which NumPy makes no numbers. timeout, memory: a limit of the check. died: the process ended.
    wire: what came was no answer.
    """

    kind: str
    values: tuple[np.ndarray, ...] = ()
    bare: bool = False
    message: str = ""
    line: int | None = None
    mutated: tuple[int, ...] = ()


def read(message: Message, nonce: str, arguments: int) -> dict[str, Any]:
    """The fields of an Answer; a WireError where the message is no answer to this very question."""
    header, arrays = message
    if header.get("nonce") != nonce:
        raise WireError("the message answers another question")
    fields: dict[str, Any] = {"kind": header.get("kind"), "values": tuple(arrays)}
    if fields["kind"] not in FROM_WORKER or (fields["kind"] == "value") != bool(arrays):
        raise WireError("the answer is of no known kind")
    fields["bare"] = header.get("bare", False)
    fields["message"] = header.get("message", "")
    fields["line"] = header.get("line")
    mutated = header.get("mutated", [])
    if not isinstance(fields["bare"], bool) or not isinstance(fields["message"], str):
        raise WireError("the answer's fields have other types")
    if fields["line"] is not None and not (type(fields["line"]) is int and 0 < fields["line"] < 10**7):
        raise WireError("the answer's line is none")
    if not isinstance(mutated, list) or not all(type(place) is int and 0 <= place < arguments for place in mutated):
        raise WireError("the answer names arguments that there are not")
    if fields["bare"] and len(arrays) != 1:
        raise WireError("a bare value is one")
    return {**fields, "message": visible(fields["message"])[:LONGEST_MESSAGE], "mutated": tuple(sorted(set(mutated)))}
