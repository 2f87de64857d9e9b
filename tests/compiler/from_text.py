"""Programs of nets as a person writes them, for tests of what their numbers are."""

from __future__ import annotations

from typing import Any

from graphc.calculus.request import requests
from graphc.compiler.program import Program, compile
from graphc.graph.network import read_network
from graphc.language.parse import parse_net
from graphc.language.source import Source


def program_of(text: str, wanted: str) -> Program:
    """The program of what is asked for, separated by commas, as the command line makes it."""
    net = read_network(parse_net(Source("test.net", text.strip() + "\n")), "test")
    names = wanted.split(",")
    return compile(requests(net, names), names, arguments=[*net.inputs, *net.params])


def values(text: str, wanted: str, **arrays: Any) -> list[Any]:
    return program_of(text, wanted)(**arrays)
