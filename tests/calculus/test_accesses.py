"""Gradients through every way of reading a tensor, against an independent derivative."""

from __future__ import annotations

import numpy as np
import pytest
from agreement import check_agreement, draw
from handmade import I, J, K, at, equation, f, leaf, minus, over, plus, times
from reference import evaluate
from texts import net

from graphc.calculus.differentiate import differentiate
from graphc.graph.node import Map, order
from graphc.graph.scalar import Read, affine, position


def test_an_index_in_one_operand_only_is_summed() -> None:
    x, w, b = leaf("x", "n", "m"), leaf("w", "m", "k"), leaf("b", "k")
    s = equation(None, ["n", "k"], times(at(x, I, K), at(w, K, J)), "sum", ["m"])
    y = equation("y", ["n", "k"], f("tanh", plus(at(s, I, J), at(b, J))))
    L = equation("L", [], f("pow", at(y, I, J), 2), "sum", ["n", "k"])
    check_agreement(L, [x, w, b], n=3, m=2, k=4)
    check_agreement(y, [x, w, b], n=2, m=3, k=2)


def test_a_repeated_index_reads_the_diagonal() -> None:
    x = leaf("x", 3, 3)
    L = equation("L", [], f("exp", at(x, I, I)), "sum", [3])
    check_agreement(L, [x], order_=3)
    trace = equation("trace", [3], times(at(x, I, I), at(x, I, J)), "sum", [3])
    check_agreement(trace, [x], order_=2)


def test_a_part_of_an_axis_reads_only_that_part() -> None:
    x = leaf("x", "n")
    d = equation("d", ["n"], 0)
    d = equation("d", [at(x, I).tensor.extents[0] - 1], minus(at(x, affine(I) + affine(1)), at(x, I)))
    L = equation("L", [], f("pow", at(d, I), 3), "sum", d.extents)
    check_agreement(L, [x], order_=3, n=5)


@pytest.mark.parametrize(("stride", "size", "taps"), [(1, 7, 3), (2, 7, 3), (3, 8, 2), (2, 5, 1)])
def test_windows_may_overlap_or_leave_gaps(stride: int, size: int, taps: int) -> None:
    x, w = leaf("x", 2, size), leaf("w", taps)
    count = (size - taps) // stride + 1
    y = equation("y", [2, count], times(at(x, I, affine(J).scaled(stride) + affine(K)), at(w, K)), "sum", [taps])
    L = equation("L", [], f("tanh", at(y, I, J)), "sum", [2, count])
    check_agreement(L, [x, w], order_=2)
    check_agreement(y, [x, w])


def test_padding_reads_zero_outside_and_gives_nothing_back() -> None:
    x, w = leaf("x", 2, 4), leaf("w", 3)
    shifted = affine(J) + affine(K) + affine(-1)
    y = equation("y", [2, 4], times(at(x, I, shifted, inside=True), at(w, K)), "sum", [3])
    L = equation("L", [], f("pow", at(y, I, J), 3), "sum", [2, 4])
    check_agreement(L, [x, w], order_=3)
    check_agreement(y, [x, w])


def test_a_reversed_axis() -> None:
    x = leaf("x", "n")
    y = equation("y", ["n"], times(at(x, I), at(x, affine("n") + affine(-1) + affine(I).scaled(-1))))
    L = equation("L", [], f("exp", at(y, I)), "sum", ["n"])
    check_agreement(L, [x], order_=2, n=4)
    check_agreement(y, [x], n=3)


def test_a_literal_subscript() -> None:
    w, x = leaf("w", 3), leaf("x", "n", 2)
    y = equation("y", ["n"], plus(at(w, 0), times(at(w, 1), at(x, I, 0)), times(at(w, 2), f("sin", at(x, I, 1)))))
    L = equation("L", [], f("pow", at(y, I), 3), "sum", ["n"])
    check_agreement(L, [w, x], order_=2, n=3)
    check_agreement(y, [w, x], n=3)


def test_a_gather_and_its_second_derivative() -> None:
    table, tok = leaf("E", 4, 3), leaf("tok", "n", 2, kind="input", assume=["integer"])
    e = equation("e", ["n", 2, 3], at(table, at(tok, I, J), K))
    L = equation("L", [], f("pow", f("sin", at(e, I, J, K)), 2), "sum", ["n", 2, 3])
    check_agreement(L, [table], order_=3, n=3)
    check_agreement(e, [table, e], n=2)


def test_picking_the_target_of_each_row() -> None:
    z, t = leaf("z", "n", 3), leaf("t", "n", kind="input", assume=["integer"])
    lse = equation(None, ["n"], at(z, I, J), "logsumexp", [3])
    L = equation("L", [], minus(at(lse, I), at(z, I, at(t, I))), "sum", ["n"])
    check_agreement(L, [z], order_=3, n=2)


def test_a_gather_moved_by_an_index() -> None:
    x, s = leaf("x", 9), leaf("s", 3, kind="input", assume=["integer"])
    y = equation("y", [3, 4], at(x, affine(at(s, I)) + affine(J)))
    L = equation("L", [], times(f("exp", at(y, I, J)), position(J)), "sum", [3, 4])
    check_agreement(L, [x], order_=2)


def test_reshaping_is_undone_by_a_read() -> None:
    x, w = leaf("x", "n", 2, 3), leaf("w", 6)
    flat = Map("flat", (x.extents[0], w.extents[0]), x.extents, (affine(I), affine(J).scaled(3) + affine(K)), False,
               None, at(x, I, J, K), ("n", "i", "j"))  # fmt: skip
    L = equation("L", [], times(f("tanh", at(flat, I, J)), at(w, J)), "sum", ["n", 6])
    (dx,) = check_agreement(L, [x], order_=2, n=2)
    assert all(node.plain for node in order([dx]) if isinstance(node, Map) and node is not flat)
    check_agreement(flat, [x], n=2)


def test_nothing_is_read_from_an_empty_axis() -> None:
    x, w = leaf("x", "n", 2), leaf("w", 2)
    y = equation("y", ["n"], times(at(x, I, J), at(w, J)), "sum", [2])
    L = equation("L", [], f("exp", at(y, I)), "sum", ["n"])
    check_agreement(L, [x, w], n=0)
    check_agreement(y, [x, w], n=0)


def test_broadcasting_is_summed_back() -> None:
    a, b, c = leaf("a", 1, 3), leaf("b", 2, 1), leaf("c")
    y = equation("y", [2, 3], plus(times(at(a, 0, J), at(b, I, 0)), over(at(a, 0, J), f("exp", at(c)))))
    check_agreement(equation("L", [], f("sin", at(y, I, J)), "sum", [2, 3]), [a, b, c], order_=2)
    check_agreement(y, [a, b, c])


def test_a_weight_used_many_times_collects_from_all() -> None:
    h, w = leaf("h0", 2, 3), leaf("w", 3, 3)
    for k in range(4):
        s = equation(None, [2, 3], times(at(h, I, K), at(w, K, J)), "sum", [3])
        h = equation(f"h{k + 1}", [2, 3], f("tanh", plus(at(s, I, J), at(h, I, J))))
    check_agreement(equation("L", [], at(h, I, J), "sum", [2, 3]), [w, *order([h])[:1]], order_=2)


def test_what_is_not_reached_has_a_gradient_of_zeros() -> None:
    x, w = leaf("x", "n"), leaf("w", 2, 3)
    L = equation("L", [], at(x, I), "sum", ["n"])
    (zero,) = differentiate(L, [w])
    (found,) = evaluate([zero], {"x": np.ones(2), "w": np.ones((2, 3))})
    assert found.shape == (2, 3)
    assert not found.any()
    (jacobian,) = differentiate(x, [w])
    assert jacobian.shape == ("n", 2, 3)


def test_a_tensor_by_itself_is_the_identity_or_the_upstream() -> None:
    x, g = leaf("x", 2, 3), leaf("g", 2, 3)
    (identity,) = differentiate(x, [x])
    values = draw([x, g])
    assert np.array_equal(evaluate([identity], values)[0].reshape(6, 6), np.eye(6))
    (given,) = differentiate(x, [x], upstream=g)
    assert np.array_equal(evaluate([given], values)[0], values["g"])


def test_an_upstream_weighs_the_jacobian() -> None:
    x, g = leaf("x", 3, 3), leaf("g", 3)
    y = equation("y", [3], f("sin", times(at(x, I, J), at(x, J, I))), "sum", [3])
    (pulled,) = differentiate(y, [x], upstream=g)
    (whole,) = differentiate(y, [x])
    values = draw([x, g])
    dx, jacobian = evaluate([pulled, whole], values)
    np.testing.assert_allclose(dx, np.tensordot(values["g"], jacobian, 1), rtol=1e-12, atol=1e-14)


def test_an_inner_tensor_moves_freely() -> None:
    x = leaf("x", 3)
    h = equation("h", [3], f("exp", at(x, I)))
    y = equation("y", [3], f("log", plus(1, times(at(h, I), at(x, I), at(x, I)))))
    L = equation("L", [], at(y, I), "sum", [3])
    check_agreement(L, [h, x, y])


def test_a_read_inside_a_subscript_is_kept_apart_from_the_read_it_indexes() -> None:
    x, p = leaf("x", 5), leaf("p", 3, kind="input", assume=["integer"])
    y = equation("y", [3], times(at(x, at(p, I)), at(x, affine(at(p, I)) + affine(1)), at(x, I)))
    check_agreement(equation("L", [], at(y, I), "sum", [3]), [x], order_=3)


def test_reads_are_distinct_terms() -> None:
    x = leaf("x", 3)
    assert isinstance(at(x, I), Read)
    y = equation("y", [3, 3], over(at(x, I), plus(2, f("pow", at(x, J), 2))))
    check_agreement(equation("L", [], at(y, I, J), "sum", [3, 3]), [x], order_=2)


def test_higher_derivatives_of_a_bilinear_form() -> None:
    x, a = leaf("x", "n"), leaf("A", "n", "n")
    L = equation("L", [], times(at(x, I), at(a, I, J), at(x, J)), "sum", ["n", "n"])
    (g,) = differentiate(L, [x])
    (hessian,) = differentiate(g, [x])
    values = draw([L], n=4)
    np.testing.assert_allclose(evaluate([hessian], values)[0], values["A"] + values["A"].T, rtol=1e-12)
    (third,) = differentiate(hessian, [a])
    assert third.shape == ("n",) * 4
    check_agreement(hessian, [a, x], n=2)


def test_a_delta_leaves_no_lookup_outside_of_a_shorter_table() -> None:
    loaded = net(
        "input y[2]\ninput w[4]\ninput c\ninput t[2] : integer\n"
        "h[i<4] = sum[p<2](where(c < y[t[p]], where(i == p, w[i], 0), 0))\nL = sum(h**2)\n"
    )
    check_agreement(
        loaded["L"], [loaded["w"]], {"y": np.array([0.5, 2]), "w": np.arange(1.0, 5), "c": 0.0, "t": np.array([1, 0])}
    )
