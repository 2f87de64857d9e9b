"""A net from its text, and its values by the plain evaluator."""

from __future__ import annotations

import numpy as np

from graphc.graph.network import Network, read_network
from graphc.language.expression import Source
from graphc.language.parse import parse_net
from tests.reference import evaluate

FILE = "net.net"


def net(*lines: str) -> Network:
    return read_network(parse_net(Source(FILE, "\n".join(lines))), "net")


def value(network: Network, of: str = "y", **given: object) -> np.ndarray:
    roots = [
        network[of],
        *(network[name] for name in given),
    ]  # what is given tells the sizes, whether or not it is read
    return evaluate(roots, {name: np.asarray(array) for name, array in given.items()})[0]
