"""Networks from a text, for tests."""

from __future__ import annotations

from graphc.graph.network import Network, read_network
from graphc.language.expression import Source
from graphc.language.parse import parse_net


def net(text: str) -> Network:
    return read_network(parse_net(Source("test.net", text)), "test")
