"""Which lines of the program a step became, and which steps a line came from."""

from __future__ import annotations

import pytest

from graphc.compiler.program import Program, compile
from graphc.derivation.derive import derive
from graphc.derivation.step import Derivation, Step
from graphc.graph.network import load
from graphc.present.derived.chains import Chains
from graphc.present.derived.listing import Listing, Origins, ranges

MODELS = ["linear", "logistic", "softmax-classifier", "deep3", "mlp", "skip", "rnn"]


def derivation(model: str, *wrt: str) -> Derivation:
    net = load(model)
    assert net.loss is not None
    return derive(net.loss, [net[name] for name in wrt] or net.params, net)


def compiled(found: Derivation) -> Program:
    return compile([result.node for result in found.result.values()], names=list(found.result))


def origins(found: Derivation) -> Origins:
    return Origins(found, Chains(found), Listing(compiled(found)))


def about(found: Derivation, name: str) -> Step:
    """The step that says what a derivative is."""
    return next(step for step in found.walk() if str(step.before).startswith(name))


@pytest.mark.parametrize("model", MODELS)
def test_every_line_belongs_to_one_tensor(model: str) -> None:
    program = compiled(derivation(model))
    listing = Listing(program)
    numbers = sorted(number for lines in listing.all for number, _ in lines.lines)
    spans = [span for _, span in program.statements]
    assert numbers == list(range(spans[0].start, spans[-1].stop))
    source = program.source.splitlines()
    assert all(source[number - 1].endswith(text) for lines in listing.all for number, text in lines.lines)


@pytest.mark.parametrize("model", MODELS)
def test_every_gradient_has_lines_and_these_lead_back_to_its_steps(model: str) -> None:
    found = derivation(model)
    known = origins(found)
    for name in found.result:
        lines = known.listing.named[name]
        end = known.chains.ends[found.result[name].by]
        assert known[end].lines == (lines,)
        assert end.id in known.steps[lines.key]


@pytest.mark.parametrize("model", MODELS)
def test_lines_and_steps_know_each_other(model: str) -> None:
    found = derivation(model)
    known = origins(found)
    steps = {step.id: step for step in found.walk()}
    for key, ids in known.steps.items():
        assert all(key in {lines.key for lines in known[steps[each]].lines} for each in ids)
    assert all(known.steps[lines.key] for step in found.steps for lines in known[step].lines)


def test_what_cancelled_went_into_the_next_derivative_that_is_computed() -> None:
    found = derivation("logistic", "w", "b")
    known = origins(found)
    gone = known[about(found, "dL_dy")]
    assert gone.gone is not None
    assert (gone.gone.of, gone.gone.by) == ("L", "y")
    assert [lines.name for lines in gone.lines] == ["dL/da"]
    assert "np.subtract(y, t, out=dL_da)" in [text for _, text in gone.lines[0].lines]


def test_a_factor_is_in_the_lines_of_the_derivative_by_its_variable() -> None:
    found = derivation("logistic", "w", "b")
    known = origins(found)
    assert [lines.name for lines in known[about(found, "dy_da")].lines] == ["dL/da"]
    assert [lines.name for lines in known[about(found, "da_dw")].lines] == ["dL/dw"]


def test_what_has_no_name_belongs_to_the_tensor_that_it_is_computed_for() -> None:
    listing = origins(derivation("softmax-classifier")).listing
    assert {lines.name for lines in listing.all} == {"z", "p", "dL/dz", "dL/dW", "dL/db"}
    assert listing.named["p"].lines[0][1].startswith("# g")


def test_what_is_made_once_stands_before_the_steps() -> None:
    program = compiled(derivation("logistic"))
    listing = Listing(program)
    assert any(text.startswith("scale = ") for _, text in listing.prepared)
    assert max(number for number, _ in listing.prepared) < program.statements[0][1].start


def test_runs_of_numbers_are_said_by_their_ends() -> None:
    listing = origins(derivation("logistic")).listing
    first, last = listing.named["a"], listing.named["dL/da"]
    (one, two) = ranges([last, first])
    assert one == (first.lines[0][0], first.lines[-1][0])
    assert two == (last.lines[0][0], last.lines[-1][0])
