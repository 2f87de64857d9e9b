"""From what the user typed to a network: a `.net` file, `FILE.py:NAME`, or the name of a built-in model."""

from __future__ import annotations

import contextlib
import sys
from typing import Any

from ..language.errors import GraphcError, did_you_mean


def load(model: str) -> Any:
    """The network that MODEL names."""
    import graphc

    file, colon, name = model.rpartition(":")
    if colon and file.endswith(".py"):
        return _from_python(file, name)
    if model.endswith(".py"):
        raise GraphcError(f"{model} is a Python file: which network of it?", f"write {model}:NAME")
    return graphc.load(model)


def tell_misfits(network: Any) -> None:
    """Say where the last layer and the loss do not fit, and what would."""
    from ..learn.model_last_layer import misfits

    for misfit in misfits(network):
        sys.stderr.write(f"{misfit}\n")


def _from_python(file: str, name: str) -> Any:
    """The object NAME of a Python file, which is run for it: only a file that the user asked for by name."""
    import runpy

    from .output import cannot

    try:
        with contextlib.redirect_stdout(sys.stderr):  # what it prints is no part of the answer
            found = runpy.run_path(file, run_name="graphc_model")
    except OSError as error:
        from pathlib import Path

        raise cannot("read", Path(file), error) from None
    except GraphcError:
        raise
    except (Exception, SystemExit) as error:
        raise GraphcError(f"{file} does not run: {type(error).__name__}: {error}") from None
    if name not in found:
        raise GraphcError(f"{file} has no `{name}`", hint=did_you_mean(name, found))
    return _network(found[name], f"{file}:{name}", found)


def _network(found: Any, what: str, variables: dict[str, Any]) -> Any:
    """A network as it is, or one made of a tensor or of several, which are called as the file's variables are."""
    from ..graph.network import Network
    from ..graph.node import Node

    if isinstance(found, Network):
        return found
    nodes = [found] if isinstance(found, Node) else list(found) if isinstance(found, list | tuple) else []
    if not nodes or not all(isinstance(node, Node) for node in nodes):
        raise GraphcError(f"{what} is {type(found).__name__}: no network, no tensor and no list of tensors")
    named = {name: node for name, node in variables.items() if isinstance(node, Node)}
    if isinstance(found, Node):  # the one that was asked for comes first, should it have two names
        named = {what.rpartition(":")[2]: found, **named}
    return Network.of(nodes, what, named)


def split_names(asked: list[str]) -> list[str]:
    """`y,L,dL/dw[0,1]` as three names: commas inside brackets do not count."""
    names, depth, current = [], 0, ""
    for character in ",".join(asked) + ",":
        depth += (character in "([{") - (character in ")]}")
        if character == "," and depth <= 0:
            names.append(current.strip())
            current = ""
        else:
            current += character
    return [name for name in dict.fromkeys(names) if name]
