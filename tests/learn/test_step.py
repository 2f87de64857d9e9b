"""A training step: what it computes, what it changes, and what it leaves alone."""

from __future__ import annotations

import math

import numpy as np
import pytest

import graphc as gc
from graphc.calculus.request import requests
from graphc.graph.network import Network, load, read_network
from graphc.language.errors import GraphcError
from graphc.language.parse import parse_net
from graphc.language.source import Source
from graphc.learn.finite import NotFinite
from graphc.learn.step import training_source
from graphc.models import names as model_names

RNG = np.random.default_rng(2)
X, T = RNG.normal(size=(6, 2)), RNG.integers(0, 2, (6, 1)).astype(float)
DROPOUT = """
input x[n,2]
input t[n,1]
param W[2,8]
param V[8,1]
output y = sigma(dropout(relu(x @ W), 0.5) @ V)
loss L = mean(binary_cross_entropy(y, t))
"""


def net(text: str) -> Network:
    return read_network(parse_net(Source("test.net", text)), "test")


def copied(step: gc.TrainingStep) -> dict[str, np.ndarray]:
    return {name: array.copy() for name, array in step.state.items()}


def same(one: dict[str, np.ndarray], two: dict[str, np.ndarray]) -> bool:
    return one.keys() == two.keys() and all(np.array_equal(one[name], two[name]) for name in one)


# -- what it computes


def batch_for(model: Network, sizes: dict[str, int]) -> dict[str, np.ndarray]:
    """Numbers that an input of a model may hold."""
    made = {}
    for leaf in model.inputs:
        shape = [int(str(extent.bind({}).value or extent(**{name: sizes[name] for name in extent.names})))
                 for extent in leaf.extents]  # fmt: skip
        if leaf.integer:
            made[leaf.name] = RNG.integers(0, 2, shape)
        elif "one_hot" in leaf.attributes or "distribution" in leaf.attributes:
            made[leaf.name] = np.eye(shape[-1])[RNG.integers(0, shape[-1], shape[:-1])]
        elif "binary" in leaf.attributes:
            made[leaf.name] = RNG.integers(0, 2, shape).astype(float)
        else:
            made[leaf.name] = RNG.uniform(0.1, 0.9, shape)
    return made


def trainable_models() -> list[str]:
    large = {"vgg16", "transfer", "distill"}
    return [name for name in model_names() if name not in large and load(name).loss is not None and load(name).params]


@pytest.mark.parametrize("name", trainable_models())
def test_the_gradient_in_a_step_is_the_one_that_is_asked_for_by_name(name):
    model = load(name)
    if model.loss.rank:
        pytest.skip("its loss is no number")
    free = {size for leaf in (*model.inputs, *model.params) for extent in leaf.extents for size in extent.names}
    sizes = dict.fromkeys(free, 3)
    step = gc.TrainingStep(model, optimizer=gc.SGD(0.0), dtype="float64", sizes=sizes)
    batch = batch_for(model, sizes)
    asked = [f"d{model.loss.name}/d{name}" for name in step.params]
    arrays = {**step.params, **batch}
    loss, *expected = gc.compile([model.loss, *requests(model, asked)], arguments=[*model.inputs, *model.params])(
        **arrays
    )
    assert step(**batch) == pytest.approx(float(loss), rel=1e-12)
    for which, gradient in zip(step.params, expected, strict=True):
        np.testing.assert_allclose(step.gradient[which], gradient, rtol=1e-9, atol=1e-12)


def test_parameters_are_updated_in_the_same_arrays():
    step = gc.TrainingStep(load("mlp-2-4-1"), optimizer=gc.SGD(0.5), dtype="float64")
    arrays, before = step.state, copied(step)
    step(x=X, t=T)
    for name, array in step.state.items():
        assert np.shares_memory(array, arrays[name])
        np.testing.assert_array_equal(array, before[name] - 0.5 * step.gradient[name])


def test_the_loss_is_that_of_the_parameters_before_the_step():
    step = gc.TrainingStep(load("mlp-2-4-1"), optimizer="adam", dtype="float64")
    before = step.evaluate(x=X, t=T)
    assert step(x=X, t=T) == pytest.approx(before, rel=1e-14)
    assert step.evaluate(x=X, t=T) < before


def test_predictions_are_the_network_with_the_parameters_by_now():
    step = gc.TrainingStep(load("mlp-2-4-1"), optimizer="sgd")
    step(x=X, t=T)
    expected = gc.compile(load("mlp-2-4-1").outputs[0])(x=X.astype("f4"), **step.params)
    np.testing.assert_array_equal(step.predict(x=X.astype("f4")), expected)


def test_a_batch_may_be_of_any_size_and_type():
    step = gc.TrainingStep(load("mlp-2-4-1"), optimizer=gc.SGD(0.1), dtype="float64")
    for rows in (slice(0, 6), slice(0, 4), slice(4, 6), slice(5, 6)):
        assert math.isfinite(step(x=X[rows], t=T[rows]))
    assert math.isfinite(step(x=X.astype("f4").tolist(), t=T.astype(int)))
    assert step.count == 5
    assert {array.dtype for array in step.state.values()} == {np.dtype("float64")}


def test_many_sizes_of_batches_are_no_more_memory():
    step = gc.TrainingStep(load("mlp-2-4-1"), optimizer=gc.SGD(0.1), dtype="float64")
    for rows in range(1, 40):
        x = RNG.normal(size=(rows, 2))
        assert step(x=x, t=np.ones((rows, 1))) > 0


def test_integers_are_labels():
    model = net("input x[n,3]\ninput t[n] : integer\nparam W[3,4]\nloss L = mean(cross_entropy(x @ W, t))")
    step = gc.TrainingStep(model, optimizer=gc.Adam(0.1))
    x, t = RNG.normal(size=(12, 3)), np.arange(12) % 4
    losses = [step(x=x, t=t) for _ in range(50)]
    assert losses[-1] < losses[0]


def test_what_does_not_fit_is_named():
    step = gc.TrainingStep(load("mlp-2-4-1"), optimizer="sgd")
    with pytest.raises(GraphcError, match=r"no array is given for `t`"):
        step(x=X)
    with pytest.raises(GraphcError, match=r"`x` should have shape \(n, 2\)"):
        step(x=X[:, :1], t=T)
    with pytest.raises(GraphcError, match=r"`t` should have shape \(n, 1\), here \(6, 1\), but has \(3, 1\)"):
        step(x=X, t=T[:3])
    assert step.count == 0


def test_a_function_of_parameters_alone_is_minimised_without_a_batch():
    step = gc.GD(0.25).compile_step(net("param w\nloss L = (w - 3)**2"), values={"w": 1.0}, dtype="float64")
    assert [step() for _ in range(3)] == [4, 1, 0.25]
    assert step.params["w"] == 2.75


def test_types_and_seeds_that_make_no_sense_are_refused():
    for options in ({"seed": -1}, {"seed": 0.5}, {"dtype": "int32"}):
        with pytest.raises(GraphcError, match=r"a seed is|float32 or float64"):
            gc.TrainingStep(load("mlp-2-4-1"), **options)


# -- seeds


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_the_same_seed_gives_the_same_bits(dtype):
    def trained(seed):
        step = gc.TrainingStep(net(DROPOUT), optimizer=gc.Adam(0.1), seed=seed, dtype=dtype)
        return [step(x=X, t=T) for _ in range(20)], step.state

    (one, first), (two, second), (other, _) = trained(3), trained(3), trained(4)
    assert one == two != other
    assert same(first, second)


def test_going_on_from_a_state_gives_the_bits_of_an_uninterrupted_run():
    def step():
        return gc.TrainingStep(net(DROPOUT), optimizer=gc.Adam(gc.Cosine(0.1, 20)), seed=3)

    whole, half = step(), step()
    for _ in range(10):
        whole(x=X, t=T)
        half(x=X, t=T)
    saved, resumed = copied(half), step()
    resumed.load(saved, half.count)
    assert [whole(x=X, t=T) for _ in range(10)] == [resumed(x=X, t=T) for _ in range(10)]
    assert same(whole.state, resumed.state)


def test_a_state_that_does_not_fit_changes_nothing():
    step = gc.TrainingStep(load("mlp-2-4-1"), optimizer="adam")
    before = copied(step)
    with pytest.raises(GraphcError, match=r"lacks `v.b2`"):
        step.load({name: array for name, array in before.items() if name != "v.b2"}, 1)
    with pytest.raises(GraphcError, match=r"`v.b2` should have shape \(1,\), but has \(2,\)"):
        step.load({**{name: array + 1 for name, array in before.items()}, "v.b2": np.zeros(2)}, 1)
    assert same(step.state, before)


def test_a_dropout_acts_while_training_alone():
    step = gc.TrainingStep(net(DROPOUT), optimizer=gc.SGD(0.0), seed=1, dtype="float64")
    losses = {step(x=X, t=T) for _ in range(20)}
    assert len(losses) > 10
    assert len({step.evaluate(x=X, t=T) for _ in range(5)}) == 1
    np.testing.assert_array_equal(step.predict(x=X), step.predict(x=X))


def test_a_dropout_keeps_its_share_and_the_mean():
    model = net("input x[n]\nparam w\nloss L = mean(dropout(x, 0.2))*w")
    step = gc.TrainingStep(model, optimizer=gc.SGD(0.0), values={"w": 1.0}, dtype="float64")
    means = [step(x=np.ones(10000)) for _ in range(20)]
    assert abs(np.mean(means) - 1) < 0.01
    assert all(round(mean * 8000) / 8000 == pytest.approx(mean) for mean in means)


def test_two_dropouts_and_two_steps_draw_different_masks():
    model = net("input x[n]\nparam w\nloss L = mean(dropout(x, 0.5)*dropout(x, 0.5))*w")
    step = gc.TrainingStep(model, optimizer=gc.SGD(0.0), values={"w": 1.0}, dtype="float64")
    one, two = step(x=np.ones(4000)), step(x=np.ones(4000))
    assert one != two
    assert 0.8 < one < 1.2  # the same mask twice would give 2


# -- what learns


def test_a_frozen_parameter_has_no_gradient_in_the_program():
    model = load("mlp-2-4-1")
    step = gc.TrainingStep(model, trainable=["W2", "b2"], optimizer="adam")
    before = copied(step)
    for _ in range(3):
        step(x=X, t=T)
    assert "dL_dW1" not in step.source
    assert "dL_dh" not in step.source
    assert step.gradient.keys() == {"W2", "b2"}
    for name, array in step.params.items():
        assert np.array_equal(array, before[name]) == (name in ("W1", "b1"))
    assert {name for name in step.state if "." in name} == {"m.W2", "m.b2", "v.W2", "v.b2"}


def test_a_parameter_that_the_loss_does_not_read_stays():
    model = net("input x[n]\nparam w\nparam unused[3]\noutput u = unused\nloss L = mean((x - w)**2)")
    step = gc.TrainingStep(model, optimizer="adam", values={"w": 1, "unused": [1, 2, 3]})
    step(x=X[:, 0])
    np.testing.assert_array_equal(step.params["unused"], [1, 2, 3])
    np.testing.assert_array_equal(step.predict(x=X[:, 0]), [1, 2, 3])


def test_a_name_that_is_no_parameter_is_an_error_with_the_near_one():
    with pytest.raises(GraphcError, match="no parameter `W3`"):
        gc.TrainingStep(load("mlp-2-4-1"), trainable=["W3"])
    with pytest.raises(GraphcError, match="no parameter `W1` learns"):
        gc.TrainingStep(load("mlp-2-4-1"), trainable=["W2"], regularisers=[gc.L2(0.1, ("W1",))])


def test_networks_that_cannot_learn_say_why():
    with pytest.raises(GraphcError, match="no parameter of test learns"):
        gc.TrainingStep(net("input x[n]\nloss L = mean(x)"))
    with pytest.raises(GraphcError, match="has no loss"):
        gc.TrainingStep(net("input x[n]\nparam w\ny = x*w"))
    with pytest.raises(GraphcError, match="is a tensor of 1 axes"):
        gc.TrainingStep(net("input x[n]\nparam w\ny = x*w"), net("input x[n]\nparam w\ny = x*w")["y"])
    with pytest.raises(GraphcError, match="the size `m` of the parameter `w` is not known"):
        gc.TrainingStep(load("logistic"))


def test_terms_are_part_of_the_loss_and_of_the_gradient():
    model = load("mlp-2-4-1")
    plain = gc.TrainingStep(model, optimizer=gc.SGD(0.0), dtype="float64")
    terms = [gc.L1(0.1, ("b1",)), gc.L2(0.01)]
    step = gc.TrainingStep(model, optimizer=gc.SGD(0.0), regularisers=terms, dtype="float64")
    step.params["b1"][...] = plain.params["b1"][...] = [1, -2, 3, 0]
    squares = sum(float((step.params[name] ** 2).sum()) for name in ("W1", "W2"))
    assert step(x=X, t=T) == pytest.approx(plain(x=X, t=T) + 0.01 * squares + 0.1 * 6)
    np.testing.assert_allclose(step.gradient["W1"], plain.gradient["W1"] + 0.02 * step.params["W1"])
    np.testing.assert_allclose(step.gradient["b1"], plain.gradient["b1"] + 0.1 * np.array([1, -1, 1, 0]))
    np.testing.assert_allclose(step.gradient["b2"], plain.gradient["b2"])


def test_the_rate_may_be_changed_between_steps():
    step = gc.TrainingStep(load("mlp-2-4-1"), optimizer=gc.SGD(0.5), dtype="float64")
    before = copied(step)
    step.lr = 0.0
    step(x=X, t=T)
    assert same(step.state, before)
    step.lr = 2.0
    step(x=X, t=T)
    np.testing.assert_array_equal(step.params["b2"], before["b2"] - 2 * step.gradient["b2"])


# -- no numbers


def test_a_loss_that_is_no_number_stops_before_the_update_and_names_the_place():
    model = net("input x[n]\nparam w\nh = log(x*w)\nloss L = mean(h*w)")
    step = gc.TrainingStep(model, optimizer="adam", values={"w": 1.0}, dtype="float64")
    step(x=[1.0, 2.0])
    before = copied(step)
    with pytest.raises(
        NotFinite, match=r"the loss is nan at step 2; the first that is not finite is `h\[1\]`"
    ) as caught:
        step(x=[1.0, -2.0])
    assert (caught.value.node, caught.value.count) == ("h", 2)
    assert same(step.state, before)
    assert step.count == 1


def test_data_that_are_no_numbers_are_named():
    step = gc.TrainingStep(load("mlp-2-4-1"), optimizer="sgd")
    x = X.copy()
    x[3, 1] = np.nan
    with pytest.raises(NotFinite, match=r"`x\[3, 1\]`, which is nan") as caught:
        step(x=x, t=T)
    assert "data" in (caught.value.hint or "")


def test_a_batch_without_examples_is_named():
    step = gc.TrainingStep(load("mlp-2-4-1"))
    with pytest.raises(NotFinite, match="`x` holds no examples"):
        step(x=X[:0], t=T[:0])


def test_a_run_that_diverges_stops():
    model = net("input x[n]\nparam w\nloss L = mean((x*w)**4)")
    step = gc.TrainingStep(model, optimizer=gc.SGD(10.0), values={"w": 1.0}, dtype="float64")

    def run():
        for _ in range(100):
            step(x=[1.0, 2.0])

    with pytest.raises(NotFinite, match="the loss is inf at step") as caught:
        run()
    assert caught.value.count < 20
    assert all(np.isfinite(array).all() for array in step.params.values())


# -- the program


def test_the_source_alone_trains_as_the_step_does():
    options = {"optimizer": gc.Adam(gc.Warmup(0.1, 5)), "clip": gc.ClipNorm(0.1), "regularisers": [gc.L2(0.01)]}
    step = gc.TrainingStep(net(DROPOUT), seed=5, dtype="float64", **options)
    source = training_source(net(DROPOUT), **options)
    module: dict = {"__name__": "step"}
    exec(source, module)
    arrays = module["begin"](step.params)
    run = module["stepper"](arrays, seed=5)
    for count in range(1, 8):
        assert run(X, T, 0.1, count) == step(x=X, t=T)
    np.testing.assert_array_equal(arrays["p"], np.concatenate([np.ravel(value) for value in step.params.values()]))
    assert source == step.source


NAMES = [
    "p",
    "gradient",
    "m",
    "arrays",
    "result",
    "BLOCK",
    "updates",
    "slots",
    "parts",
    "k",
    "vector",
    "size",
    "shapes",
]


def test_names_of_the_program_are_free_for_a_network_to_use():
    params = "".join(f"param {name}\n" for name in NAMES)
    text = f"input lr[n]\ninput count[n]\ninput LEARNING[n]\n{params}"
    text += f"y = lr*p + gradient*count + LEARNING*{'*'.join(NAMES)}"
    step = gc.TrainingStep(net(f"{text}\nloss L = mean(y**2)"), optimizer="adam", clip=gc.ClipNorm(1), dtype="float64",
                           values=dict.fromkeys(NAMES, 1.0))  # fmt: skip
    batch = {"lr": X[:, 0], "count": X[:, 1], "LEARNING": X[:, 1]}
    first = step(**batch)
    assert [step(**batch) for _ in range(20)][-1] < first


def test_tracebacks_show_lines_of_the_step():
    model = net("input t[n] : integer\nparam E[3]\nloss L = mean[i](E[t[i]]**2)")
    step = gc.TrainingStep(model, optimizer="sgd")
    with pytest.raises(GraphcError, match="`t` gives the index 3, but axis 0 of `E` has 3 elements"):
        step(t=[0, 3])


def test_masks_are_those_of_a_generator_of_the_seed_and_the_step():
    model = net("input x[n]\nparam w\nloss L = sum(dropout(x, 0.25)*x)*w")
    step = gc.TrainingStep(model, optimizer=gc.SGD(0.0), values={"w": 1.0}, dtype="float64", seed=7)
    for count in range(1, 5):
        kept = np.random.Generator(np.random.Philox(key=(7, count))).random(9) >= 0.25
        assert step(x=2.0 ** np.arange(9)) == pytest.approx((kept * 4.0 ** np.arange(9)).sum() / 0.75, rel=1e-15)
