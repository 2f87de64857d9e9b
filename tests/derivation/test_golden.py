"""Whole derivations as a lecturer would read them. They were read by a person before they were kept.

`python tests/derivation/test_golden.py` writes the files anew; read the difference.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from lectures import TEXTS, read
from plainly import written

from graphc.derivation.derive import derive
from graphc.graph.network import Network, load

GOLDEN = Path(__file__).parent / "golden"
MODELS = ("logistic", "linear", "deep3", "softmax-classifier", "mlp", "chain", "rnn")


def network(name: str) -> Network:
    return read(TEXTS[name], name) if name in TEXTS else load(name)


def derived(name: str) -> str:
    net = network(name)
    assert net.loss is not None
    return written(derive(net.loss, net.params or net.inputs, net))


@pytest.mark.parametrize("name", [*MODELS, *TEXTS])
def test_a_derivation_reads_as_it_was_read(name: str) -> None:
    assert derived(name) == (GOLDEN / f"{name}.txt").read_text(encoding="utf-8")


if __name__ == "__main__":
    for each in (*MODELS, *TEXTS):
        print(each)
        (GOLDEN / f"{each}.txt").write_text(derived(each), encoding="utf-8")
