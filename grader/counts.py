"""What a net is, without its being trained: `python -m grader.counts FILE.net` prints it as JSON."""

from __future__ import annotations

import json
import sys
from typing import Any

import graphc as gc


def counts(file: str) -> dict[str, Any]:
    """Its parameters and links, and the inputs that its outputs are computed from."""
    net = gc.load(file)
    table = gc.layer_table(net)
    seen: set[Any] = set()
    pending: list[Any] = list(net.outputs)
    while pending:
        node = pending.pop()
        if node not in seen:
            seen.add(node)
            pending.extend(getattr(node, "inputs", ()))
    read = [leaf.name for leaf in net.inputs if leaf in seen]
    return {"params": table.params, "links": table.links, "inputs": read, "outputs": len(net.outputs)}


if __name__ == "__main__":
    try:
        found = counts(sys.argv[1])
    except gc.GraphcError as error:
        place = f"line {error.line}: " if error.line else ""
        found = {"error": place + error.message + (f" ({error.hint})" if error.hint else "")}
    print(json.dumps(found))
