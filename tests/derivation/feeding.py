"""Results fed back: appended to the network's text they are parsed, compiled and compared with the gradient."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from graphc.compiler.program import compile
from graphc.derivation.step import Derivation, Result
from graphc.graph.network import Network, read_network
from graphc.graph.node import Leaf, Node
from graphc.language.expression import Source
from graphc.language.parse import parse_net
from graphc.language.text import text


def arrays(net: Network) -> dict[str, np.ndarray]:
    """Numbers for everything that is given; each free size is another small one."""
    random = np.random.default_rng(3)
    sizes: dict[str, int] = {}
    found: dict[str, np.ndarray] = {}
    for leaf in (*net.inputs, *net.params):
        lengths = (
            extent(**{name: sizes.setdefault(name, 2 + len(sizes)) for name in extent.names}) for extent in leaf.extents
        )
        found[str(leaf.name)] = _values(leaf, tuple(lengths), random)
    return found


def _values(leaf: Leaf, shape: tuple[int, ...], random: np.random.Generator) -> np.ndarray:
    if leaf.integer:
        return random.integers(0, 3, size=shape)
    values = random.normal(size=shape)
    if "binary" in leaf.attributes:
        return (values > 0).astype(float)
    if "one_hot" in leaf.attributes:
        return np.eye(shape[-1])[random.integers(0, shape[-1], size=shape[:-1])]
    if "distribution" in leaf.attributes:
        return np.exp(values) / np.exp(values).sum(-1, keepdims=True)
    if "unit" in leaf.attributes:
        return 1 / (1 + np.exp(-values))
    return values


def value(node: Node, given: Mapping[str, np.ndarray]) -> np.ndarray:
    program = compile([node], ["g"])
    (result,) = program(**{name: given[name] for name in program.inputs})
    return np.asarray(result)


def line(result: Result, name: str) -> str:
    """The statement that a reader would append."""
    bounds = [
        index if result.extents is None else f"{index}<{result.extents[axis]}"
        for axis, index in enumerate(result.indices)
    ]
    parts = "".join(f"\n{text(left)} = {text(right)}" for left, right in result.parts)
    return f"{name}{f'[{chr(44).join(bounds)}]' if bounds else ''} = {text(result.body)}{parts}"


LONG = 10_000  # characters; of the results that are longer, only the longest is fed back


def check(derivation: Derivation, net: Network, written: str) -> None:
    """Each result's text, appended, has the value of the gradient that is compiled."""
    given = arrays(net)
    lines = {line(result, "fed_back"): result for result in derivation.result.values()}
    longest = max(lines, key=len, default="")
    for each, result in lines.items():
        if len(each) > LONG and each is not longest:
            continue
        again = read_network(parse_net(Source("again.net", f"{written}\n{each}\n")), "again")
        found, wanted = value(again["fed_back"], given), value(result.node, given)
        np.testing.assert_allclose(found, wanted, rtol=1e-8, atol=1e-11)
