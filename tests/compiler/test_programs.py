"""What a compiled program promises its caller: whose the results are, which arrays it takes, what it says when not."""

from __future__ import annotations

import gc
import threading
import tracemalloc
import warnings

import numpy as np
import pytest
from from_text import program_of, values
from small import NAMES, ROOTS, arrays, at, expected

from graphc.calculus.grad import grad
from graphc.compiler.program import compile
from graphc.graph.node import Leaf, plain_map
from graphc.graph.scalar import Index, add, affine, mul, number, position, power
from graphc.graph.size import size
from graphc.language.errors import GraphcError


@pytest.fixture(scope="module")
def program():
    return compile(ROOTS, NAMES)


def check_agreement(got, want, tolerance=1e-12):
    for one, other in zip(got, want, strict=True):
        np.testing.assert_allclose(one, other, rtol=tolerance, atol=tolerance)


def test_results_come_in_the_order_of_the_roots_with_exact_shapes(program):
    values = arrays()
    got = program(**values)
    check_agreement(got, expected(**values))
    assert [result.shape for result in got] == [(5,), (), (3,)]
    assert all(type(result) is np.ndarray for result in got)
    assert program.names == ("y", "L", "dL/dw")


def test_one_bare_root_gives_one_bare_array():
    values = arrays()
    got = compile(ROOTS[1])(**values)
    assert got.shape == ()
    check_agreement([got], [expected(**values)[1]])


def test_results_are_the_callers_to_keep(program):
    first_values, second_values = arrays(seed=1), arrays(seed=2)
    first = program(**first_values)
    kept = [result.copy() for result in first]
    second = program(**second_values)
    check_agreement(first, kept, 0)
    for result in second:
        result[...] = np.nan
    check_agreement(program(**first_values), kept, 0)


@pytest.mark.parametrize("twice", [False, True])
def test_an_input_asked_for_is_a_copy_of_it(twice):
    x = Leaf("input", "x", (size("n"),))
    same = plain_map("y", (size("n"),), at(x, 0), "i")
    program = compile([x, same] * (1 + twice))
    given = np.arange(3.0)
    for result in program(x=given):
        assert not np.shares_memory(result, given)
        result[0] = 9
    assert given[0] == 0


def test_two_roots_that_are_one_tensor_are_two_arrays():
    one, other = compile([ROOTS[1], ROOTS[1]])(**arrays())
    assert not np.shares_memory(one, other)
    np.testing.assert_array_equal(one, other)


def test_a_transposed_or_broadcast_result_can_be_written_to():
    x = Leaf("input", "x", (size("n"), size("m")))
    turned = plain_map("y", (size("m"), size("n")), at(x, 1, 0), "ij")
    spread = plain_map("z", (size("m"), size(2)), mul(number(2), x.read((affine(0), affine(Index(0))))), "ij")
    given = np.arange(6.0).reshape(2, 3)
    y, z = compile([turned, spread])(x=given)
    np.testing.assert_array_equal(y, given.T)
    np.testing.assert_array_equal(z, np.stack([2 * given[0]] * 2, 1))
    z[0, 0] = 5
    assert z[0, 1] == 0
    assert y.flags.c_contiguous


def test_one_program_serves_every_size(program):
    for n, m in [(5, 3), (1, 1), (7, 2), (5, 3), (0, 3), (4, 0)]:
        values = arrays(n, m)
        with np.errstate(all="ignore"), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            want = expected(**values)
        check_agreement(program(**values), want)


def test_many_sets_of_sizes_do_not_fill_the_memory(program):
    for n in range(1, 60):
        program(**arrays(n, 2))
    assert len(program._run.__globals__["_workspaces"]) <= 16


def test_threads_do_not_share_buffers(program):
    cases = [(arrays(n, 3, seed=n), n) for n in (50, 50, 51, 50)]
    wrong = []

    def work(values):
        want = expected(**values)
        for _ in range(200):
            for one, other in zip(program(**values), want, strict=True):
                if not np.allclose(one, other, rtol=1e-9):
                    wrong.append(values)

    threads = [threading.Thread(target=work, args=(values,)) for values, _ in cases]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong


def test_a_second_call_allocates_no_more_than_its_results():
    n, m = 2000, 50
    values = arrays(n, m)
    program = compile(ROOTS[1:], NAMES[1:])
    program(**values)
    gc.collect()
    tracemalloc.start()
    program(**values)
    before, _ = tracemalloc.get_traced_memory()
    tracemalloc.reset_peak()
    program(**values)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak - before < n * 8 / 2


# -- what it takes


@pytest.mark.parametrize(
    ("change", "kind"),
    [
        (lambda a: a.astype(np.float32), np.float32),
        (lambda a: a, np.float64),
        (lambda a: a.astype(">f8"), np.float64),
        (lambda a: a.astype(">f4"), np.float32),
        (lambda a: np.asfortranarray(a) if a.ndim else a, np.float64),
        (lambda a: np.repeat(a, 2, axis=0)[::2] if a.ndim else a, np.float64),
        (lambda a: a[..., ::-1][..., ::-1] if a.ndim else a, np.float64),
        (lambda a: a.tolist(), np.float64),
        (lambda a: a.view(np.recarray) if a.ndim else a, np.float64),
        (lambda a: np.ma.masked_array(a), np.float64),
    ],
    ids=["single", "double", "swapped", "swapped single", "Fortran", "strided", "flipped", "list", "record", "masked"],
)
def test_arrays_of_any_layout_and_byte_order_are_taken(program, change, kind):
    values = arrays()
    got = program(**{name: change(array) for name, array in values.items()})
    assert {result.dtype for result in got} == {np.dtype(kind)}
    assert all(type(result) is np.ndarray for result in got)
    check_agreement(got, expected(**values), 1e-12 if kind == np.float64 else 1e-5)


def test_read_only_arrays_are_taken_and_none_is_changed(program):
    values = arrays()
    before = {name: array.copy() for name, array in values.items()}
    for array in values.values():
        array.flags.writeable = False
    program(**values)
    for name, array in values.items():
        np.testing.assert_array_equal(array, before[name])


def test_mixed_float_types_give_the_wider_one(program):
    values = arrays(dtype=np.float32)
    values["w"] = values["w"].astype(np.float64)
    assert {result.dtype for result in program(**values)} == {np.dtype(np.float64)}


def test_whole_numbers_and_truths_are_taken_as_floats(program):
    values = {"x": np.arange(6).reshape(2, 3), "t": np.array([True, False]), "w": [1, 2, 3], "b": 0}
    got = program(**values)
    assert got[0].dtype == np.float64
    check_agreement(got, expected(**{name: np.asarray(value, float) for name, value in values.items()}))


def test_plain_numbers_beside_single_precision_leave_it_single(program):
    values = arrays(dtype=np.float32) | {"b": 0.5}
    assert {result.dtype for result in program(**values)} == {np.dtype(np.float32)}


def test_nan_and_infinity_of_the_user_pass_through_without_a_warning(program):
    values = arrays()
    values["x"][0, 0], values["x"][1, 0] = np.nan, np.inf
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        y, loss, _ = program(**values)
    assert np.isnan(y[0])
    assert y[1] in (0, 1)
    assert np.isnan(loss)


# -- what it says


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"w": None}, ["no array", "`w`"]),
        ({"w": None, "W": np.ones(3)}, ["no array", "`w`", "did you mean `W`"]),
        ({"w": np.ones(4)}, ["`w`", "(m,)", "(3,)", "(4,)"]),
        ({"w": np.ones((3, 1))}, ["`w`", "(m,)", "(3, 1)"]),
        ({"t": np.ones(())}, ["`t`", "(n,)", "()"]),
        ({"t": np.ones(3, complex)}, ["`t`", "complex"]),
        ({"t": np.array(["a"] * 5)}, ["`t`", "numbers"]),
        ({"t": np.array([None] * 5)}, ["`t`", "numbers"]),
    ],
)
def test_arrays_that_do_not_fit_are_named_with_both_shapes(program, change, words):
    values = {name: array for name, array in (arrays() | change).items() if array is not None}
    with pytest.raises(GraphcError) as raised:
        program(**values)
    for word in words:
        assert word in str(raised.value)


def test_self_is_a_name_like_any_other():
    given = Leaf("input", "self", (size("n"),))
    out = plain_map("y", (size("n"),), mul(number(2), at(given, 0)), "i")
    np.testing.assert_array_equal(compile(out)(self=np.ones(2)), [2, 2])


@pytest.mark.parametrize("n", [0, 1, 3])
def test_what_is_written_past_the_edge_of_any_batch_falls_away(n):
    text = "input x[n,3]\nh[i<3] = inside(x[i-1,1])\nL = sum(sin(h))"
    (gradient,) = values(text, "dL/dx", x=np.zeros((n, 3)))
    want = np.zeros((n, 3))
    want[:2, 1] = 1
    np.testing.assert_array_equal(gradient, want)


def test_a_scatter_that_sizes_alone_decide_is_returned():
    text = "input x[m,4]\nh[i<m,j<3,k<m] = inside(x[i-1,j+1])\nL = sum(h)"
    (gradient,) = values(text, "dL/dx", x=np.ones((3, 4)))
    np.testing.assert_array_equal(gradient, [[0, 3, 3, 3], [0, 3, 3, 3], [0, 0, 0, 0]])


def test_an_array_that_is_not_needed_is_not_looked_at(program):
    for with_more, without in zip(program(**arrays(), v="anything"), program(**arrays()), strict=True):
        np.testing.assert_array_equal(with_more, without)


TOKENS = Leaf("input", "tok", (size("n"),), ("integer",))
TABLE = Leaf("param", "E", (size("v"), size(2)))
ROW = plain_map("e", (size("n"), size(2)), TABLE.read((affine(at(TOKENS, 0)), affine(Index(1)))), "ij")


@pytest.mark.parametrize("dtype", [np.int64, np.int8, np.uint16, np.float64, bool])
def test_whole_numbers_of_any_type_stand_in_subscripts(dtype):
    table = np.arange(10.0).reshape(5, 2)
    tokens = np.array([1, 0, 1], dtype)
    np.testing.assert_array_equal(compile(ROW)(tok=tokens, E=table), table[tokens.astype(int)])


@pytest.mark.parametrize(
    ("tokens", "words"),
    [([0, 5], ["`tok`", "5", "`E`"]), ([-1, 0], ["`tok`", "-1", "`E`"]), ([0.5, 1], ["`tok`", "whole numbers"])],
)
def test_an_index_out_of_range_is_an_error_with_the_tensors_name(tokens, words):
    with pytest.raises(GraphcError) as raised:
        compile(ROW)(tok=np.array(tokens), E=np.ones((5, 2)))
    for word in words:
        assert word in str(raised.value)


@pytest.mark.parametrize("wrong", [np.inf, -np.inf, np.nan, 1e20, np.uint64(2**63 + 5)])
def test_an_index_that_is_no_whole_number_is_said_as_it_was_given(wrong):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with pytest.raises(GraphcError, match="`tok` should hold whole numbers, but holds"):
            compile(ROW)(tok=np.array([wrong, 1]), E=np.ones((5, 2)))


@pytest.mark.parametrize(
    ("text", "wanted", "message"),
    [
        ("y[i] = z[i,t[i]+1]", "y", "`t + 1` gives the index 3, but axis 1 of `z` has 3 elements"),
        ("y[i] = z[i,2*t[i]-1]", "y", "`2*t - 1` gives the index -1, but axis 1 of `z` has 3 elements"),
        ("u = sin(z)\ny[i] = u[i,t[i]+1]\nL = sum(y**2)", "dL/dz", "`t + 1` gives the index 3, but axis 1 of `u`"),
        ("L = sum[i](z[i,t[i]+1])", "dL/dz", "`t + 1` gives the index 3, but axis 1 of `z` has 3 elements"),
    ],
)
def test_an_index_out_of_range_is_said_in_the_users_words(text, wanted, message):
    with pytest.raises(GraphcError) as raised:
        values(f"input z[n,3]\ninput t[n] : integer\n{text}", wanted, z=np.zeros((2, 3)), t=[0, 2])
    assert message in str(raised.value)


def test_an_index_out_of_range_of_a_cross_entropy_is_one_of_the_logits():
    text = "input z[n,3]\ninput t[n] : integer\nL = sum(cross_entropy(z, t))"
    for wanted in ("L", "dL/dz", "L,dL/dz"):
        with pytest.raises(GraphcError, match="`t` gives the index 3, but axis 1 of `z` has 3 elements"):
            values(text, wanted, z=np.zeros((2, 3)), t=[0, 3])


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("y[i] = sum[r<5](x[i+r,0])", ["y[i] = sum[r<5](x[i+r,0])", "n - 4 = -1"]),
        ("y[i<n-m] = x[i,0]", ["y[i<n-m] = x[i,0]", "n - m = -1"]),
        ("y[i<n-5] = x[i+5,0]", ["x[i+5,0]", "n - 5 = -2"]),
        ("y[i<n] = x[i,i]*x[0,0]\nL = x[3,0]", ["L = x[3,0]", "`x` is read outside its axis 0", "n = 3"]),
    ],
)
def test_sizes_that_are_too_small_are_said_with_the_equation_and_what_they_came_to(text, words):
    with pytest.raises(GraphcError) as raised:
        values(f"input x[n,m]\n{text}", "y" if "L" not in text else "y,L", x=np.ones((3, 4)))
    for word in words:
        assert word in str(raised.value)


def test_a_read_that_the_sizes_do_not_allow_is_said_when_they_are_known():
    x, y = Leaf("input", "x", (size("n"),)), Leaf("input", "y", (size("m"),))
    out = plain_map("z", (size("n"),), mul(at(x, 0), at(y, 0)), "i")
    program = compile(out)
    np.testing.assert_array_equal(program(x=np.ones(2), y=np.ones(3)), np.ones(2))
    with pytest.raises(GraphcError, match="`y`"):
        program(x=np.ones(3), y=np.ones(2))


def test_a_size_that_no_array_tells_is_given_as_a_number():
    out = plain_map("z", (size("n"),), mul(number(2), position(Index(0))), "i")
    program = compile(out)
    for n in (3, 1, 3, np.int64(0)):
        np.testing.assert_array_equal(program(n=n), 2 * np.arange(n))
    for wrong in (-1, 0.5, [1, 2], "a"):
        with pytest.raises(GraphcError, match="`n`"):
            program(n=wrong)


SUM = "input x[n,2]\nparam W[2,3]\nparam b[3]\ny = x @ W + b\nL = sum(y)"


@pytest.mark.parametrize(
    ("text", "wanted", "want"),
    [
        (SUM, "dL/db", [5.0] * 3),
        (SUM, "dL/dy", np.ones((5, 3))),
        (SUM, "dy/db", np.broadcast_to(np.eye(3), (5, 3, 3))),
        ("input x[n,2]\nL = mean(x)", "dL/dx", np.full((5, 2), 0.1)),
        ("input x[n,2]\ny[i] = 0*x[i,0]", "y", np.zeros(5)),
        ("input x[n,2]\npos[i<n] = i/n", "pos", np.arange(5) / 5),
        ("input x[n,2]\ny[i,j] = x[i,j]", "dx/dx", np.einsum("ik,jl->ijkl", np.eye(5), np.eye(2))),
        ("input x[n,2]\nparam w[3]\ny[i,j] = x[i,j]*w[0]", "dw/dx", np.zeros((3, 5, 2))),
    ],
)
def test_a_size_is_told_by_any_array_of_the_net_where_what_is_wanted_reads_none_that_has_it(text, wanted, want):
    given = {"x": np.ones((5, 2)), "W": np.ones((2, 3)), "b": np.ones(3), "w": np.ones(3)}
    (got,) = values(text, wanted, **given)
    np.testing.assert_allclose(got, want)


def test_a_derivative_takes_for_its_sizes_what_was_summed_over():
    x, z = Leaf("input", "x", (size("n"),)), Leaf("input", "z", (size("m"),))
    times = plain_map("L", (), x.read((affine(0),)), "p", "sum", (size("m"),))
    total = plain_map("M", (), add(times.read(()), at(plain_map("s", (), at(z, 0), "i", "sum", (size("m"),)))), "")
    program = compile(grad(total, x))
    np.testing.assert_array_equal(program(x=np.ones(2), z=np.ones(3)), [3, 0])


@pytest.mark.parametrize("n", [0, 1, 2])
def test_a_large_product_over_a_batch_of_any_size(n):
    text = "input x[n,1024]\ninput t[n,1024]\nparam W[1024,1024]\nL = sum((x @ W)*t)"
    generator = np.random.default_rng(n)
    x, t = generator.normal(size=(2, n, 1024))
    program = program_of(text, "dL/dW")
    np.testing.assert_allclose(program(x=x, t=t)[0], x.T @ t, rtol=1e-12, atol=1e-12)
    assert "np.multiply if n == 1 else np.dot" in program.source


def test_two_inputs_of_one_name_are_refused():
    one, other = Leaf("input", "x", (size("n"),)), Leaf("input", "x", (size("m"),))
    with pytest.raises(GraphcError, match="two different inputs `x`"):
        compile([plain_map("y", (size("n"),), at(one, 0), "i"), plain_map("z", (size("m"),), at(other, 0), "i")])


@pytest.mark.parametrize("wrong", [[3], 3, "y", [None]])
def test_what_is_no_tensor_cannot_be_compiled(wrong):
    with pytest.raises(GraphcError, match="cannot be compiled"):
        compile(wrong)


def test_a_shape_that_is_known_is_said_once():
    x = Leaf("input", "x", (size(2), size(1)))
    with pytest.raises(GraphcError, match=r"should have shape \(2, 1\) but has \(3, 1\)"):
        compile(plain_map("y", (size(2),), x.read((affine(Index(0)), affine(0))), "i"))(x=np.ones((3, 1)))


def test_a_complaint_of_the_module_is_one_traceback():
    code = compile(ROOTS, NAMES)
    with pytest.raises(ValueError, match="should have shape") as raised:
        code._run(*[np.ones((2, 2))] * 4)
    assert raised.value.__context__ is None


def test_sizes_are_read_off_composite_axes():
    x = Leaf("input", "x", (size("n") * 2 + 1,))
    out = plain_map("z", (size("n"),), x.read((affine(Index(0)).scaled(2),)), "i")
    program = compile(out)
    np.testing.assert_array_equal(program(x=np.arange(7.0)), [0, 2, 4])
    with pytest.raises(GraphcError, match="`x`"):
        program(x=np.arange(6.0))


def test_an_unknown_backend_is_an_error():
    with pytest.raises(GraphcError, match="pascal"):
        compile(ROOTS, backend="pascal")


def test_a_mean_over_nothing_is_nan_without_a_warning():
    x = Leaf("input", "x", (size("n"),))
    mean = plain_map("L", (), mul(power(position(size("n")), -1), at(x, 0)), "i", "sum", (size("n"),))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert np.isnan(compile(mean)(x=np.ones(0)))
