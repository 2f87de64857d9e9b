"""A program says which of its lines compute what."""

from __future__ import annotations

import pytest

from graphc import models
from graphc.calculus.grad import grad
from graphc.compiler.program import Program, compile
from graphc.graph.network import load


def gradients(model: str) -> Program:
    net = load(model)
    of = net.outputs[-1] if net.loss is None else net.loss
    by = net.params or net.inputs
    return compile(grad(of, list(by)), names=[f"d{of.name}/d{leaf.name}" for leaf in by])


def lines(program: Program, of: range) -> list[str]:
    return program.source.splitlines()[of.start - 1 : of.stop - 1]


@pytest.mark.parametrize("model", [name for name in models.names() if load(name).params])
def test_every_line_of_a_step_belongs_to_one_node_and_stands_in_order(model: str) -> None:
    program = gradients(model)
    found = program.source.splitlines()
    stop = program.statements[0][1].start
    assert found[stop - 2].startswith("    def step(")
    for _, numbers in program.statements:
        assert numbers.start == stop
        assert len(numbers) > 0
        stop = numbers.stop
    assert found[stop - 1].lstrip().startswith("return ")


def test_the_lines_of_a_tensor_are_headed_by_its_equation() -> None:
    program = gradients("logistic")
    found = {node.name: lines(program, numbers) for node, numbers in program.statements}
    assert found["dL/da"][0].strip() == "# dL/da[i] = (y[i] - t[i])/n"
    assert found["dL/dw"][-1].strip() == "np.dot(dL_da, x, out=dL_dw)"
    assert "dL/dy" not in found
    assert "L" not in found


def test_a_program_can_be_read_whatever_its_results_are_called() -> None:
    net = load("logistic")
    name = f"dL/dw{chr(0)}{chr(27)} {'with a long name ' * 10}"
    program = compile([net["y"], net["a"]], names=[name, "a"])
    assert program.names == (name, "a")
    assert chr(0) not in program.source
    assert chr(27) not in program.source
