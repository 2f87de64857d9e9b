"""Networks that the tests of pictures and tables are about."""

from __future__ import annotations

from graphc.graph.network import Network, read_network
from graphc.language.expression import Source
from graphc.language.parse import parse_net


def network(text: str, name: str = "made") -> Network:
    return read_network(parse_net(Source(f"{name}.net", text)), name)


def dense(inputs: int, outputs: int) -> Network:
    return network(
        f"input x[n, {inputs}]\nparam W[{inputs}, {outputs}]\nparam b[{outputs}]\noutput y = sigma(x @ W + b)\n"
    )


def chain(length: int) -> Network:
    """Equal layers, one after the other."""
    lines = ["input h0[n, 8]"]
    for step in range(1, length + 1):
        lines += [f"param W{step}[8, 8]", f"h{step} = tanh(h{step - 1} @ W{step})"]
    return network("\n".join([*lines, f"output y = sigma(h{length})"]))


def residual(length: int) -> Network:
    """Equal blocks of two layers and a path around them."""
    lines = ["input r0[n, 8]", "param W[8, 1]"]
    for step in range(1, length + 1):
        before = f"r{step - 1}"
        lines += [f"param A{step}[8, 16]", f"param B{step}[16, 8]", f"u{step} = relu({before} @ A{step})"]
        lines += [f"r{step} = {before} + u{step} @ B{step}"]
    return network("\n".join([*lines, f"output y = sigma(r{length} @ W)"]))


def recurrent(steps: int) -> Network:
    """One cell, unrolled, with an input at each step."""
    lines = [f"input x{step}[n, 3]" for step in range(steps)]
    lines += ["param U[3, 8]", "param V[8, 8]", "h0 = tanh(x0 @ U)"]
    lines += [f"h{step} = tanh(x{step} @ U + h{step - 1} @ V)" for step in range(1, steps)]
    return network("\n".join([*lines, f"output y = sigma(h{steps - 1} @ V)"]))
