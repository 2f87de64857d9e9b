"""Every way of reading and of writing: windows, padding, gathers, diagonals, reshapes, scatters and contractions."""

from __future__ import annotations

import tracemalloc

import numpy as np
import pytest
from reference import evaluate

from graphc.compiler.program import compile
from graphc.graph.node import Leaf, Map, Node, order, plain_map
from graphc.graph.scalar import Affine, Index, Read, Scalar, add, affine, apply, mul, number, position, power
from graphc.graph.size import Size, size

FREE = {"n": 3, "m": 2, "h": 6, "v": 4}
N, M, H, V = (size(name) for name in FREE)
i, j, k, o, p, q, r = (affine(Index(key)) for key in range(7))


def leaf(name: str, *extents, integer: bool = False) -> Leaf:
    return Leaf("input", name, tuple(size(e) for e in extents), ("integer",) if integer else ())


def at(tensor: Node, *forms, inside: bool = False) -> Read:
    return Read(tensor, tuple(affine(form) for form in forms), inside)


def box(*extents) -> tuple[Size, ...]:
    return tuple(size(extent) for extent in extents)


def letters(count: int) -> tuple[str, ...]:
    return tuple(f"i{place}" for place in range(count))


def summed(extents, over, body: Scalar, reduce: str = "sum") -> Map:
    return plain_map("out", box(*extents), body, letters(len(extents) + len(over)), reduce, box(*over))


def plain(extents, body: Scalar) -> Map:
    return plain_map("out", box(*extents), body, letters(len(extents)))


def scatter(extents, over, write, body: Scalar, inside: bool = False) -> Map:
    forms = tuple(affine(form) for form in write)
    return Map("out", box(*extents), box(*over), forms, inside, "sum", body, letters(len(over)))


x1, x2, x4 = leaf("x1", "n"), leaf("x2", "n", "m"), leaf("x4", "n", 3, "h", 7)
w2, sq = leaf("w2", "m", 5), leaf("sq", "n", "n")
kernel, tok, tok2 = leaf("k", 2, 3, 3, 2), leaf("tok", "n", 2, integer=True), leaf("tok2", "v", integer=True)
table, cube = leaf("E", "v", 5), leaf("c", "n", "m", 4)
other = leaf("d", "n", 4, 5)
photo = leaf("y", 6, 6)
token = affine(at(tok, i, j))


def ahead(index: Affine, by) -> Affine:
    return index + affine(by)


def convolution(step: int = 1, dilation: int = 1, pad: int = 0) -> Map:
    out_h = (H + (2 * pad - 2 * dilation - 1)) // step + 1
    out_w = (7 + 2 * pad - dilation - 1) // step + 1
    here = [
        ahead(k.scaled(step) + q.scaled(dilation), -pad),
        ahead(o.scaled(step) + r.scaled(dilation), -pad),
    ]
    read = at(x4, i, p, *here, inside=pad > 0)
    return summed(("n", 2, out_h, out_w), (3, 3, 2), mul(read, at(kernel, j, p, q, r)))


def pooled(kind: str, step: int = 2, width: int = 2) -> Map:
    out_h, out_w = (H - width) // step + 1, (7 - width) // step + 1
    read = at(x4, i, j, k.scaled(step) + p, o.scaled(step) + q)
    return summed(("n", 3, out_h, out_w), (width, width), read, kind)


def passed_back(step: int, width: int) -> Map:
    """The adjoint of a max pool: each element of a window gets the upstream where it has won."""
    first = pooled("argmax", step, width)
    place = p.scaled(width) + q
    won = apply("eq", position(place), at(first, i, j, k, o))
    body = apply("where", won, at(pooled("max", step, width), i, j, k, o), number(0))
    over = ("n", 3, (H - width) // step + 1, (7 - width) // step + 1, width, width)
    return scatter(("n", 3, "h", 7), over, (i, j, k.scaled(step) + p, o.scaled(step) + q), body)


CASES: dict[str, Node] = {
    "a transposition": plain(("m", "n"), at(x2, j, i)),
    "a slice from an offset": plain((N - 1,), at(x1, ahead(i, 1))),
    "every second element": plain((3,), at(leaf("y", 6), i.scaled(2))),
    "backwards": plain(("n",), mul(number(2), at(x1, i.scaled(-1) + affine(N - 1)))),
    "a diagonal": plain(("n",), at(sq, i, i)),
    "the sum of a diagonal": summed((), ("n",), at(sq, i, i)),
    "a fixed element": plain(("m",), at(x2, 1, i)),
    "an outer product": plain(("n", "m"), mul(at(x1, i), at(w2, j, 0))),
    "zeros around": plain((N + 2,), at(x1, ahead(i, -1), inside=True)),
    "cut off by inside": plain((2,), at(x1, ahead(i, 2), inside=True)),
    "far outside": plain((2,), at(x1, ahead(i, 50), inside=True)),
    "backwards and outside": plain((6,), at(x1, i.scaled(-1) + affine(3), inside=True)),
    "a concatenation": plain((N + M,), add(at(x1, i, inside=True), at(w2, ahead(i, -N), 0, inside=True))),
    "a matrix product": summed(("n", 5), ("m",), mul(at(x2, i, k), at(w2, k, j))),
    "a matrix times a vector": summed(("n",), ("m",), mul(at(x2, i, j), at(w2, j, 2))),
    "an inner product": summed((), ("n",), mul(at(x1, i), at(x1, i))),
    "a product hidden by a sum": summed(
        ("m", 5), ("n",), mul(add(at(x1, k), number(1)), at(x2, k, i), at(other, k, 0, j))
    ),
    "products of a batch": summed(("n", "m", 5), (4,), mul(at(cube, i, j, o), at(other, i, o, k))),
    "inner products of a batch": summed(("n",), ("m", 4), mul(at(cube, i, j, k), at(cube, i, j, k), at(x1, i))),
    "a matrix times a vector, of a batch": summed(("n", 5), (4,), mul(at(cube, i, 0, k), at(other, i, k, j))),
    "three operands": summed(("n", 5), ("m", 4), mul(at(cube, i, k, o), at(other, i, o, j), at(w2, k, j))),
    "an index in one factor only": summed(("n",), ("m", 4), mul(at(x1, i), at(w2, j, 0), at(other, i, k, 1))),
    "an index that nothing reads": summed(("n",), ("m",), at(x1, i)),
    "a sum of two products": summed(("n", 5), ("m",), add(mul(at(x2, i, k), at(w2, k, j)), at(x2, i, k))),
    "a reciprocal factor": summed(("m",), ("n",), mul(power(position(N), -1), at(x1, j), at(x2, j, i))),
    "products of a diagonal": summed(("m",), ("n",), mul(at(sq, j, j), at(x2, j, i))),
    "one kernel over one image": summed((4, 4), (3, 3), mul(at(photo, i + k, j + o), at(leaf("w", 3, 3), k, o))),
    "the gradient of one kernel": summed((3, 3), (4, 4), mul(at(photo, i + k, j + o), at(leaf("g", 4, 4), k, o))),
    "kernels of each channel": summed(
        ("n", 3, H - 2, 6), (3, 2), mul(at(x4, i, j, k + p, o + q), at(kernel, 0, j, p, q))
    ),
    "a convolution along one axis": summed(
        ("n", 2, 5), (3, 3), mul(at(leaf("y", "n", 3, 7), i, o, k + p), at(kernel, j, o, p, 1))
    ),
    "a convolution": convolution(),
    "a strided convolution": convolution(step=2),
    "a dilated convolution": convolution(dilation=2),
    "a padded convolution": convolution(pad=1),
    "a padded and strided convolution": convolution(step=2, pad=2),
    "the gradient of a kernel": summed(
        (2, 3, 3, 2), ("n", H - 2, 6), mul(at(convolution(), p, i, q, r), at(x4, p, j, q + k, r + o))
    ),
    "the gradient of an image": scatter(
        ("n", 3, "h", 7), ("n", 2, H - 2, 6, 3, 3, 2), (i, p, k + q, o + r),
        mul(at(convolution(), i, j, k, o), at(kernel, j, p, q, r)),
    ),
    "the gradient of a padded image": scatter(
        ("n", 3, "h", 7), ("n", 2, "h", 8, 3, 3, 2), (i, p, ahead(k + q, -1), ahead(o + r, -1)),
        mul(at(convolution(pad=1), i, j, k, o), at(kernel, j, p, q, r)), inside=True,
    ),
    **{f"{kind} over windows": pooled(kind) for kind in ("max", "min", "sum", "prod", "argmax", "argmin", "logsumexp")},
    "overlapping windows": pooled("max", 1, 3),
    "large windows": pooled("max", 1, 5),
    "what a pool passes back": passed_back(2, 2),
    "what overlapping windows pass back": passed_back(1, 2),
    "what windows with gaps pass back": passed_back(3, 2),
    **{
        f"a mask behind a pool, {name}": plain(
            ("n", 3, "h", 7),
            apply("where", apply("le", at(x4, i, j, k, o), number(0)), *branches(at(passed_back(*pool), i, j, k, o))),
        )
        for name, pool, branches in [
            ("zero first", (2, 2), lambda u: (number(0), u)),
            ("zero second", (2, 2), lambda u: (u, number(0))),
            ("windows that overlap", (1, 2), lambda u: (number(0), u)),
        ]
    },
    "rows by index": plain(("n", 2, 5), at(table, token, k)),
    "an element of each row by index": plain(("n",), at(table, i, affine(at(tok, i, 0)))),
    "an index computed from an index": plain(("n", 2), at(leaf("z", 9), token.scaled(2) + affine(1))),
    "an index of an index": plain(("n", 2), at(table, affine(at(tok2, token)), 3)),
    "an index that may be outside": plain(("n", 2), at(leaf("z", 3), ahead(token, -1), inside=True)),
    "integers as numbers": plain(("n", 2), mul(at(tok, i, j), at(x1, i), power(add(at(tok, i, j), number(1)), -1))),
    "positions as numbers": plain(("n", "m"), mul(position(i.scaled(3) + j), at(x2, i, j))),
    "one hot": plain(("n", "v"), apply("eq", at(tok, i, 0), position(j))),
    "sums by index": scatter(("v", 5), ("n", 2, 5), (token, k), mul(at(x1, i), at(w2, 0, k))),
    "sums by index, cut off": scatter((3,), ("n", 2), (ahead(token, -1),), at(x1, i), inside=True),
    "flattened": scatter(("n", 12), ("n", 3, 4), (i, j.scaled(4) + k), at(leaf("f", "n", 3, 4), i, j, k)),
    "flattened with free sizes": scatter((N * M,), ("n", "m"), (i.scaled(M) + j,), at(x2, i, j)),
    "flattened in the other order": scatter((N * M,), ("n", "m"), (j.scaled(N) + i,), at(x2, i, j)),
    "onto a diagonal": scatter(("n", "n"), ("n",), (i, i), at(x1, i)),
    "onto every second place": scatter((N * 2,), ("n",), (i.scaled(2),), at(x1, i)),
    "reversed": scatter(("n",), ("n",), (i.scaled(-1) + affine(N - 1),), at(x1, i)),
    "a part only": scatter(("n",), (N - 1,), (i,), at(x1, i)),
    "all to one place": scatter((3,), ("n",), (1,), at(x1, i)),
    "shifted out of the tensor": scatter(("n",), ("n",), (ahead(i, 1),), at(x1, i), inside=True),
    "free windows": scatter((N + M - 1,), ("n", "m"), (i + j,), at(x2, i, j)),
    "products of other places": summed(
        ("n", "m"), ("m",),
        apply("where", apply("eq", position(j), position(k)), number(1), at(x2, i, k)), "prod",
    ),
    "the place of the largest, over two axes": summed(("n",), ("m", 4), at(cube, i, j, k), "argmax"),
    "the place of the largest, over an axis that is not read": summed((), ("n", "m"), at(x1, i), "argmax"),
}  # fmt: skip


def arrays(root: Node) -> dict[str, np.ndarray]:
    generator = np.random.default_rng(0)
    out = {}
    for node in order([root]):
        if isinstance(node, Leaf):
            shape = [extent(**{name: FREE[name] for name in extent.names}) for extent in node.extents]
            out[node.name] = generator.integers(0, 4, shape) if node.integer else generator.normal(size=shape)
    return out


def with_sizes(root: Node) -> list[Node]:
    """Beside what is tested, the arrays that tell the free sizes."""
    return [root, *(plain_map("s", (), leaf_.read([affine(0)] * leaf_.rank), ()) for leaf_ in (x2, x4, table))]


@pytest.mark.parametrize("name", CASES)
def test_an_access_has_the_plain_evaluators_value(name):
    roots = with_sizes(CASES[name])
    values = arrays(CASES[name]) | arrays(roots[1]) | arrays(roots[2]) | arrays(roots[3])
    got = compile(roots)(**values)
    want = evaluate(roots, values)
    assert got[0].shape == want[0].shape
    np.testing.assert_allclose(got[0], want[0], rtol=1e-11, atol=1e-12)


def test_a_convolution_and_its_gradients_share_one_copy_of_the_windows():
    source = compile([convolution(), CASES["the gradient of a kernel"]]).source
    step = source[source.index("def step") : source.index("\n    return step\n")]
    statements = [line for line in step.splitlines() if not line.strip().startswith("#")]
    assert sum("x4.reshape" in line for line in statements) == 1
    assert sum("np.matmul" in line for line in statements) == 2


def test_a_contraction_is_a_matrix_product_without_a_copy():
    source = compile(CASES["a matrix product"]).source
    step = source[source.index("def step") : source.index("return out")]
    assert "np.dot(x2, w2, out=out)" in step
    assert "copy" not in step


def test_a_second_call_of_a_convolution_allocates_a_small_part_of_what_it_works_on():
    names = ["a padded convolution", "the gradient of a padded image", "what a pool passes back"]
    whole = [affine(Index(axis)) for axis in range(4)]
    totals = [summed((), CASES[name].extents, at(CASES[name], *whole)) for name in names]
    program = compile(totals)
    sizes = {"n": 200, "h": 30}
    generator = np.random.default_rng(0)
    values = {}
    for leaf_ in order(totals):
        if isinstance(leaf_, Leaf):
            shape = [extent(**{name: sizes[name] for name in extent.names}) for extent in leaf_.extents]
            values[leaf_.name] = generator.normal(size=shape)
    program(**values)
    tracemalloc.start()
    program(**values)
    before, _ = tracemalloc.get_traced_memory()
    tracemalloc.reset_peak()
    program(**values)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak - before < values["x4"].nbytes / 3


def test_no_statement_is_a_loop_but_over_the_places_of_a_window():
    for case in CASES.values():
        source = compile(with_sizes(case)).source
        step = source[source.index("    def step") : source.index("\n    return step\n")]
        statements = [line.split("#")[0].strip() for line in step.splitlines()]
        assert not any("for " in line.removeprefix("for tap") for line in statements)
