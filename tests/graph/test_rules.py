"""The rules of the language, one by one: what a text means, seen in the nodes and in their values."""

from __future__ import annotations

import numpy as np
import pytest

from graphc.graph.node import Map, order
from graphc.language.errors import GraphcError
from tests.graph.nets import net, value

X = np.arange(12.0).reshape(4, 3)
V = np.array([1.0, -2.0, 3.0, 5.0])


# extents


@pytest.mark.parametrize(
    ("lines", "shape"),
    [
        (("y[i] = x[i,0]",), ("n",)),
        (("y[i] = x[i+1,0]",), ("n - 1",)),
        (("y[i] = x[2*i,0]",), ("(n + 1)//2",)),
        (("y[i] = x[2*i,0] + x[2*i+1,0]",), ("n//2",)),
        (("y[i] = x[n-1-i,0]",), ("n",)),
        (("y[i] = x[3-i,0]",), (4,)),
        (("y[p] = sum[r<5](x[p+r,0])",), ("n - 4",)),
        (("y[p] = sum[r](x[2*p+r,0]*w[r])",), ("(n - R)//2 + 1",)),
        (("y[i<n-1] = x[i+1,0] - x[i,0]",), ("n - 1",)),
        (("y[i<m+2] = inside(x[i-1,0])", "input v[m]"), ("m + 2",)),
        (("y[i] = inside(x[i-1,0]) + w[i]",), ("R",)),
        (("y[i] = inside(x[i,0])",), ("n",)),
        (("y[i,j] = x[i,0]*w[j]",), ("n", "R")),
        (("y[i<2,j<3*2] = 7",), (2, 6)),
        (("const k = 2", "y[i<k] = x[i+k,0]"), (2,)),
    ],
)
def test_an_extent_is_declared_or_follows_from_the_reads(lines: tuple[str, ...], shape: tuple[object, ...]) -> None:
    assert net("input x[n, 3]", "input w[R]", *lines)["y"].shape == shape


@pytest.mark.parametrize(
    ("call", "shape"),
    [
        ("conv2d(x, w, pad=s-1)", ("n", 1, 6, 6)),
        ("conv2d(x, w, stride=s-1, dilation=4-s-1)", ("n", 1, 4, 4)),
        ("max_pool2d(x, s+1)", ("n", 1, 2, 2)),
        ("avg_pool2d(x, 2*s-1, stride=s-1)", ("n", 1, 4, 4)),
    ],
)
def test_sizes_among_arguments_may_be_made_of_constants(call: str, shape: tuple[object, ...]) -> None:
    assert net("input x[n, 1, 6, 6]", "param w[1, 1, 3, 3]", "const s = 2", f"y = {call}")["y"].shape == shape


def test_a_constant_comes_before_a_size_of_its_name() -> None:
    lines = ("input x[n, s]", "const s = 2")
    assert net(*lines, "y[p] = x[s*p,0]")["y"].shape == ("(n + 1)//2",)
    assert net(*lines, "y[i<s] = x[i,0]")["y"].shape == (2,)
    assert net("input x[n, s]", "const s = 0.5", "y[i<s] = s*x[0,i]")["y"].shape == ("s",)


def test_a_read_that_needs_enough_elements_is_no_error() -> None:
    assert net("input x[n]", "y[i<n-2] = x[i+2] + x[i]")["y"].shape == ("n - 2",)
    assert net("input x[n]", "y[i<4] = x[i+5]")["y"].shape == (4,)


def test_a_sum_inside_a_formula_keeps_the_indices_of_the_equation() -> None:
    y = net("input q[n, h, i, 4]", "y[n,h,i] = sum[k](q[n,h,i,k])/sqrt(4)")["y"]
    (inner,) = (node for node in order([y]) if isinstance(node, Map) and node.reduce)
    assert inner.labels == ("n", "h", "i", "k")


def test_a_tensor_may_be_called_true() -> None:
    assert net("input x[n, 3]", "input true", "y = sum(x, axis=1, keepdims=true)")["y"].shape == ("n", 1)


def test_two_affine_reads_leave_the_smaller_extent() -> None:
    assert net("input x[9]", "y[i] = x[i+1] + x[i+3]")["y"].shape == (6,)


def test_which_of_two_extents_is_smaller_must_be_known() -> None:
    with pytest.raises(GraphcError, match="so that index i stays in range") as caught:
        net("input x[n]", "input z[m]", "y[i] = x[i+1] + z[i+1]")
    assert "i<" in str(caught.value)


def test_free_sizes_stay_free_and_serve_every_batch() -> None:
    network = net("input x[n, 3]", "y[p] = mean[r<2](x[p+r,0])")
    for rows in (2, 4):
        np.testing.assert_allclose(value(network, x=X[:rows]), (X[1:rows, 0] + X[: rows - 1, 0]) / 2)


@pytest.mark.parametrize("size", [0, 1])
def test_axes_may_be_empty_or_of_one_element(size: int) -> None:
    network = net(f"input x[{size}]", "y[i] = 2*x[i]", "s = sum(x)", "z = x + x[0]" if size else "z = x")
    x = np.full(size, 3.0)
    np.testing.assert_array_equal(value(network, x=x), 2 * x)
    assert value(network, "s", x=x) == 3 * size


# guards


def test_inside_reads_zero_where_a_read_falls_outside() -> None:
    network = net("input v[n]", "y[i<n+2] = inside(v[i-1])")
    np.testing.assert_array_equal(value(network, v=V), [0, *V, 0])


def test_inside_holds_for_each_read_by_itself() -> None:
    network = net("input v[n]", "y[i] = v[i] + inside(exp(v[i-1]))")
    np.testing.assert_allclose(value(network, v=V), V + np.array([1, *np.exp(V[:-1])]))


def test_inside_a_read_of_a_whole_formula_is_zero_outside() -> None:
    network = net("input v[n]", "y[i] = v[i] + inside(exp(v)[i-1])")
    np.testing.assert_allclose(value(network, v=V), V + np.array([0, *np.exp(V[:-1])]))


def test_guards_that_are_never_needed_are_dropped() -> None:
    network = net("input v[n]", "param w[R]", "y = conv1d(reshape(v, (1, 1, n)), reshape(w, (1, 1, R)))")
    assert not any(read.guarded for node in order([network["y"]]) if isinstance(node, Map) for read in node.reads)


# subscripts


def test_a_repeated_index_reads_the_diagonal() -> None:
    square = X[:3]
    np.testing.assert_array_equal(value(net("input x[n, n]", "y[i] = x[i,i]"), x=square), np.diag(square))


def test_literal_subscripts_work_on_tensors_and_on_calls() -> None:
    network = net("input x[n, 3]", "y = x[1,2] + transpose(x)[2,1] + (2*x)[0,1]")
    assert value(network, x=X) == X[1, 2] * 2 + 2 * X[0, 1]


def test_an_integer_input_gathers() -> None:
    network = net("input tok[b, s] : integer", "param E[4, 3]", "y[b,s,d] = E[tok[b,s], d]")
    tok = np.array([[0, 3], [2, 2]])
    np.testing.assert_array_equal(value(network, tok=tok, E=X), X[tok])


def test_a_gather_may_be_shifted_scaled_and_nested() -> None:
    network = net("input k[n] : integer", "input v[m]", "y[i] = v[2*k[k[i]]+1]")
    k = np.array([1, 0, 1])
    np.testing.assert_array_equal(value(network, k=k, v=V), V[2 * k[k] + 1])


def test_an_integer_scalar_is_a_subscript() -> None:
    assert value(net("input k : integer", "input v[n]", "y = v[k]"), k=2, v=V) == 3


# names


def test_an_index_may_have_the_name_of_a_size_or_of_a_tensor() -> None:
    network = net("input s[n]", "z[n] = s[n]*n", "y[s] = s[s]*s")
    np.testing.assert_array_equal(value(network, "z", s=V), V * range(4))
    np.testing.assert_array_equal(value(network, "y", s=V), V * range(4))


def test_an_inner_index_hides_an_outer_one() -> None:
    network = net("input v[n]", "y[i] = v[i]*sum[i](v[i])")
    np.testing.assert_array_equal(value(network, v=V), V * V.sum())


def test_python_keywords_are_names() -> None:
    network = net("input lambda[n]", "if = 2*lambda", "y = sum(if)")
    assert value(network, **{"lambda": V}) == 14


def test_names_are_unicode() -> None:
    network = net("input x̂[n]", "θ = 2*x̂", "ŷ[i] = σ(θ[i])")
    assert list(network.nodes) == ["x̂", "θ", "ŷ"]


def test_sizes_and_indices_are_numbers_in_an_expression() -> None:
    network = net("input x[n, d]", "y[i,j] = where(j <= i, x[i,j]/sqrt(d), n - i)")
    i, j = np.indices((4, 3))
    np.testing.assert_allclose(value(network, x=X), np.where(j <= i, X / np.sqrt(3), 4 - i))


def test_comparisons_chain() -> None:
    np.testing.assert_array_equal(value(net("input v[n]", "y = 0 < v < 4"), v=V), [1, 0, 1, 0])


def test_the_order_of_statements_does_not_matter() -> None:
    forward = ["input x[n, 3]", "f(z) = z*c", "const c = 2", "h = f(x)", "loss y = sum(h)"]
    np.testing.assert_array_equal(value(net(*forward), x=X), value(net(*reversed(forward)), x=X))


def test_nodes_stand_in_the_order_of_the_statements() -> None:
    assert list(net("y = h", "param w", "h = w + c", "const c = 1").nodes) == ["y", "w", "h", "c"]


# functions


def test_a_function_of_a_scalar_works_on_any_tensor() -> None:
    network = net("input x[n, 3]", "input v[3]", "f(a, b) = a*b + a", "y = f(x, v)")
    np.testing.assert_array_equal(value(network, x=X, v=V[:3]), X * V[:3] + X)


def test_an_argument_hides_a_tensor_of_the_same_name() -> None:
    network = net("input x[n, 3]", "param w", "f(w) = 2*w", "y = f(x) + w")
    np.testing.assert_array_equal(value(network, x=X, w=1), 2 * X + 1)


def test_a_function_sees_the_tensors_and_the_sizes_of_its_net() -> None:
    network = net("input x[n, 3]", "param w", "f(z)[i] = z[i]*w/n", "y = f(x[0,0]*sum(x, axis=0))")
    np.testing.assert_array_equal(value(network, x=X + 1, w=2), (X + 1).sum(0) * 2 / 4)


def test_dims_of_a_parameter_name_the_sizes_of_its_axes() -> None:
    network = net("input x[n, 3]", "f(z[N, C])[i] = sum[j](z[i,j])*N/C", "y = f(x)")
    np.testing.assert_array_equal(value(network, x=X), X.sum(1) * 4 / 3)


def test_arguments_have_names_and_defaults() -> None:
    network = net("input v[n]", "f(a, b=2, c=b+1) = a*b + c", "y = f(v) + f(v, c=0) + f(b=1, a=v)")
    np.testing.assert_array_equal(value(network, v=V), (2 * V + 3) + (2 * V) + (V + 2))


def test_numbers_given_to_a_function_are_constants_in_its_subscripts() -> None:
    network = net("input v[n]", "const k = 2", "f(z, s)[p] = sum[r<s](z[s*p+r])", "y = f(v, k)")
    np.testing.assert_array_equal(value(network, v=V), [-1, 8])


def test_an_ellipsis_stands_for_any_leading_axes() -> None:
    network = net("input x[n, 3]", "input v[3]", "f(z)[...,i] = z[...,i] - z[...,0]", "y = f(x)", "w = f(v)")
    np.testing.assert_array_equal(value(network, x=X, v=V[:3]), X - X[:, :1])
    np.testing.assert_array_equal(value(network, "w", x=X, v=V[:3]), V[:3] - 1)


def test_a_function_of_an_index_of_the_equation_round_it_works() -> None:
    network = net("input v[n]", "f(z) = sum[k](z*v[k])", "y[i] = f(v[i]) + i")
    np.testing.assert_array_equal(value(network, v=V), V * V.sum() + range(4))


def test_a_definition_of_the_nets_own_replaces_a_built_in_but_not_inside_the_library() -> None:
    network = net("input v[n]", "sigma(z) = 7*z", "y = sigma(v) + 0*silu(v)", "w = silu(v)")
    np.testing.assert_array_equal(value(network, v=V), 7 * V)
    np.testing.assert_allclose(value(network, "w", v=V), V / (1 + np.exp(-V)))


def test_a_call_can_be_indexed() -> None:
    network = net("input x[n, 3]", "param w[3, 2]", "param b[2]", "f(a, w) = a @ w", "y[i,o] = f(x, w)[i,o] + b[o]")
    w, b = X[:3, :2], V[:2]
    np.testing.assert_array_equal(value(network, x=X, w=w, b=b), X @ w + b)


# the net


def test_without_a_loss_the_last_scalar_is_it() -> None:
    network = net("input x[n]", "a = mean(x)", "b = sum(x)", "y = 2*x")
    assert network.loss is network["b"]
    assert net("input x[n]", "y = 2*x").loss is None


def test_marks_stand_before_an_equation_or_on_a_line_of_their_own() -> None:
    network = net("input x[n]", "output a = 2*x", "loss L", "L = sum(x)", "M = 2*L", "output L, a")
    assert network.outputs == [network["a"], network["L"]]
    assert network.loss is network["L"]


def test_attributes_and_constants_are_kept() -> None:
    network = net("input t[n] : in {0, 1}", "param p[n] : distribution", "const k = -1/3")
    assert network.inputs[0].attributes == ("binary",)
    assert network.params[0].attributes == ("distribution",)
    assert network["k"].value * 3 == -1  # type: ignore[attr-defined]


def test_what_was_written_is_kept_as_it_was_written() -> None:
    network = net("input x[n, 3]", "y = relu( x*2 )+1", "s[i] = sum[j](x[i,j])")
    assert dict(network.written) == {"y": "relu(x*2) + 1", "s": "sum[j](x[i,j])"}


# nodes


def test_each_node_has_at_most_one_reduction_and_a_named_equation_keeps_its_own_indices() -> None:
    network = net("input x[n, 3]", "y[a,b] = sum[k](x[a,k]*max[q](x[b,q]))")
    assert network["y"].labels == ("a", "b", "k")
    assert {node.reduce for node in order([network["y"]]) if isinstance(node, Map)} == {"sum", "max"}


def test_an_argument_that_is_used_more_than_once_is_computed_once() -> None:
    network = net("input v[n]", "f(z) = z*sin(z)", "y = f(exp(v))")
    (inner,) = network["y"].inputs
    assert [node.name for node in inner.inputs] == ["v"]


def test_the_same_reduction_written_twice_is_one_node() -> None:
    network = net("input x[n, 3]", "y[i,j] = exp(x[i,j])/sum[k](exp(x[i,k])) + sum[k](exp(x[i,k]))")
    assert len(network["y"].inputs) == 2


def test_reshapes_are_affine_views() -> None:
    network = net("input x[n, 16, 5, 5]", "f = reshape(x, (n, 400))", "g = reshape(f, (n, 16, 25))")
    merge, split = network["f"], network["g"]
    assert not merge.plain
    assert [read.tensor.name for read in merge.reads] == ["x"]
    assert split.plain
    assert [read.tensor.name for read in split.reads] == ["f"]


# size of text


def test_a_chain_of_1000_layers_and_a_sum_of_5000_terms_are_read() -> None:
    layers = [f"h{k} = tanh(h{k - 1} @ W{k})" for k in range(1, 1000)]
    weights = [f"param W{k}[4, 4]" for k in range(1, 1000)]
    assert net("input h0[n, 4]", *weights, *reversed(layers))["h999"].shape == ("n", 4)
    assert len(net("input x[n]", "y = " + " + ".join(f"x*{k}" for k in range(1, 5001)))["y"].body.children) == 5000


@pytest.mark.parametrize("call", ["sin", "silu", "gelu", "softmax", "f"])
@pytest.mark.parametrize("left", ["y", "y[i]"])
def test_deep_nesting_is_read_and_no_body_is_deep(call: str, left: str) -> None:
    inner, tail = ("x", "") if left == "y" else (("x", "[i]") if call == "softmax" else ("x[i]", ""))
    network = net("input x[n]", "f(z) = z*z - z", f"{left} = " + f"{call}(" * 150 + inner + ")" * 150 + tail)
    assert max(node.body.depth for node in order([network["y"]]) if isinstance(node, Map)) < 80


def test_a_size_and_a_tensor_may_share_a_name() -> None:
    network = net("input v[n]", "param n", "y[i] = v[n-1-i]*n", "z[i<n] = n")
    np.testing.assert_array_equal(value(network, v=V, n=7), V[::-1] * 7)
    np.testing.assert_array_equal(value(network, "z", v=V, n=7), [7] * 4)


def test_an_index_given_to_a_function_is_an_index_in_it() -> None:
    network = net("input v[n]", "f(z) = v[z]", "y[i] = sum[j](f(j))*f(i)")
    np.testing.assert_array_equal(value(network, v=V), V.sum() * V)


def test_a_constant_may_be_part_of_a_rate() -> None:
    (mask,) = [
        node for node in net("const r = 1/4", "input v[n]", "y = dropout(v, 1-r)")["y"].inputs if node.name != "v"
    ]
    assert mask.value == 3 / 4  # type: ignore[attr-defined]


@pytest.mark.parametrize("left", ["softmax(x)", "cross_entropy(x, t)", "layer_norm(x, g, g)"])
def test_what_two_functions_have_in_common_is_one_node(left: str) -> None:
    network = net(
        "input x[a, b, 3]", "input t[a, b, 3]", "param g[3]", f"y = {left}", "z = softmax(x) + log_softmax(x)"
    )
    shared = [
        node for node in order([network["y"], network["z"]]) if isinstance(node, Map) and node.reduce == "logsumexp"
    ]
    assert len(shared) == 1


def test_a_formula_that_is_subscripted_is_computed_once_for_each_element() -> None:
    network = net("input x[n, m]", "input v[m, d]", "y[i,k] = sum[j](softmax(x)[i,j]*v[j,k])")
    assert [(read.tensor.name, len(read.subscripts)) for read in network["y"].reads] == [(None, 2), ("v", 2)]


@pytest.mark.parametrize("line", ["y[i<n+1] = x[i]", "y[i<2*n] = x[i]", "y[i<n] = x[i+1]", "y[i<n] = x[i-1]"])
def test_a_read_that_no_sizes_allow_is_refused(line: str) -> None:
    with pytest.raises(GraphcError, match="outside axis 0 of x"):
        net("input x[n]", line)


def test_a_read_that_some_sizes_allow_waits_for_them() -> None:
    assert net("input x[n]", "input w[m]", "y[i<n] = w[i]")["y"].shape == ("n",)
