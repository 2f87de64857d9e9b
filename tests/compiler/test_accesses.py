"""Every way of reading and of writing: windows, padding, gathers, diagonals, reshapes, scatters and contractions."""

from __future__ import annotations

import numpy as np
import pytest
from reference import evaluate

from graphc.compiler.program import compile
from graphc.graph.node import Leaf, Map, Node, order, plain_map
from graphc.graph.scalar import Affine, Index, Read, Scalar, add, affine, apply, mul, number, position, power
from graphc.graph.size import Size, size

FREE = {"n": 3, "m": 2, "h": 6, "v": 4}
N, M, H, V = (size(name) for name in FREE)
I, J, K, O, P, Q, R, S = (affine(Index(k)) for k in range(8))


def leaf(name: str, *extents, integer: bool = False) -> Leaf:
    return Leaf("input", name, tuple(size(e) for e in extents), ("integer",) if integer else ())


def at(tensor: Node, *forms, inside: bool = False) -> Read:
    return Read(tensor, tuple(affine(form) for form in forms), inside)


def box(*extents) -> tuple[Size, ...]:
    return tuple(size(extent) for extent in extents)


def summed(extents, over, body: Scalar, reduce: str = "sum") -> Map:
    return plain_map("out", box(*extents), body, [f"i{k}" for k in range(len(extents) + len(over))], reduce, box(*over))


def plain(extents, body: Scalar) -> Map:
    return plain_map("out", box(*extents), body, [f"i{k}" for k in range(len(extents))])


def scatter(extents, over, write, body: Scalar, inside: bool = False) -> Map:
    forms = tuple(affine(form) for form in write)
    return Map("out", box(*extents), box(*over), forms, inside, "sum", body, tuple(f"i{k}" for k in range(len(over))))


x1, x2, x4 = leaf("x1", "n"), leaf("x2", "n", "m"), leaf("x4", "n", 3, "h", 7)
w2, sq = leaf("w2", "m", 5), leaf("sq", "n", "n")
kernel, tok, tok2 = leaf("k", 2, 3, 3, 2), leaf("tok", "n", 2, integer=True), leaf("tok2", "v", integer=True)
table, cube = leaf("E", "v", 5), leaf("c", "n", "m", 4)
other = leaf("d", "n", 4, 5)
token = affine(at(tok, I, J))


def ahead(index: Affine, by) -> Affine:
    return index + affine(by)


def convolution(step: int = 1, dilation: int = 1, pad: int = 0, height="h") -> Map:
    rows = size(height) if not isinstance(height, Size) else height
    out_h = (rows + (2 * pad - 2 * dilation - 1)) // step + 1
    out_w = (7 + 2 * pad - dilation - 1) // step + 1
    here = [
        ahead(J * 1 if False else K.scaled(step) + Q.scaled(dilation), -pad),
        ahead(O.scaled(step) + R.scaled(dilation), -pad),
    ]
    read = at(x4, I, P, *here, inside=pad > 0)
    return summed(("n", 2, out_h, out_w), (3, 3, 2), mul(read, at(kernel, J, P, Q, R)))


def pooled(kind: str, step: int = 2, width: int = 2) -> Map:
    out_h, out_w = (H - width) // step + 1, (7 - width) // step + 1
    read = at(x4, I, J, K.scaled(step) + P, O.scaled(step) + Q)
    return summed(("n", 3, out_h, out_w), (width, width), read, kind)


def passed_back(step: int, width: int) -> Map:
    """The adjoint of a max pool: each element of a window gets the upstream where it has won."""
    first = pooled("argmax", step, width)
    place = P.scaled(width) + Q
    won = apply("eq", position(place), at(first, I, J, K, O))
    body = apply("where", won, at(pooled("max", step, width), I, J, K, O), number(0))
    over = ("n", 3, (H - width) // step + 1, (7 - width) // step + 1, width, width)
    return scatter(("n", 3, "h", 7), over, (I, J, K.scaled(step) + P, O.scaled(step) + Q), body)


CASES: dict[str, Node] = {
    "a transposition": plain(("m", "n"), at(x2, J, I)),
    "a slice from an offset": plain((N - 1,), at(x1, ahead(I, 1))),
    "every second element": plain((3,), at(leaf("y", 6), I.scaled(2))),
    "backwards": plain(("n",), mul(number(2), at(x1, I.scaled(-1) + affine(N - 1)))),
    "a diagonal": plain(("n",), at(sq, I, I)),
    "the sum of a diagonal": summed((), ("n",), at(sq, I, I)),
    "a fixed element": plain(("m",), at(x2, 1, I)),
    "an outer product": plain(("n", "m"), mul(at(x1, I), at(w2, J, 0))),
    "zeros around": plain((N + 2,), at(x1, ahead(I, -1), inside=True)),
    "cut off by inside": plain((2,), at(x1, ahead(I, 2), inside=True)),
    "far outside": plain((2,), at(x1, ahead(I, 50), inside=True)),
    "backwards and outside": plain((6,), at(x1, I.scaled(-1) + affine(3), inside=True)),
    "a concatenation": plain((N + M,), add(at(x1, I, inside=True), at(w2, ahead(I, -N), 0, inside=True))),
    "a matrix product": summed(("n", 5), ("m",), mul(at(x2, I, K), at(w2, K, J))),
    "a matrix times a vector": summed(("n",), ("m",), mul(at(x2, I, J), at(w2, J, 2))),
    "an inner product": summed((), ("n",), mul(at(x1, I), at(x1, I))),
    "a product hidden by a sum": summed(("m", 5), ("n",), mul(add(at(x1, K), number(1)), at(x2, K, I), at(other, K, 0, J))),
    "products of a batch": summed(("n", "m", 5), (4,), mul(at(cube, I, J, O), at(other, I, O, K))),
    "inner products of a batch": summed(("n",), ("m", 4), mul(at(cube, I, J, K), at(cube, I, J, K), at(x1, I))),
    "a matrix times a vector, of a batch": summed(("n", 5), (4,), mul(at(cube, I, 0, K), at(other, I, K, J))),
    "three operands": summed(("n", 5), ("m", 4), mul(at(cube, I, K, O), at(other, I, O, J), at(w2, K, J))),
    "an index in one factor only": summed(("n",), ("m", 4), mul(at(x1, I), at(w2, J, 0), at(other, I, K, 1))),
    "an index that nothing reads": summed(("n",), ("m",), at(x1, I)),
    "a sum of two products": summed(("n", 5), ("m",), add(mul(at(x2, I, K), at(w2, K, J)), at(x2, I, K))),
    "a reciprocal factor": summed(("m",), ("n",), mul(power(position(N), -1), at(x1, J), at(x2, J, I))),
    "products of a diagonal": summed(("m",), ("n",), mul(at(sq, J, J), at(x2, J, I))),
    "a convolution": convolution(),
    "a strided convolution": convolution(step=2),
    "a dilated convolution": convolution(dilation=2),
    "a padded convolution": convolution(pad=1),
    "a padded and strided convolution": convolution(step=2, pad=2),
    "the gradient of a kernel": summed(
        (2, 3, 3, 2), ("n", H - 2, 6), mul(at(convolution(), P, I, Q, R), at(x4, P, J, Q + K, R + O))
    ),
    "the gradient of an image": scatter(
        ("n", 3, "h", 7), ("n", 2, H - 2, 6, 3, 3, 2), (I, P, K + Q, O + R),
        mul(at(convolution(), I, J, K, O), at(kernel, J, P, Q, R)),
    ),
    "the gradient of a padded image": scatter(
        ("n", 3, "h", 7), ("n", 2, "h", 8, 3, 3, 2), (I, P, ahead(K + Q, -1), ahead(O + R, -1)),
        mul(at(convolution(pad=1), I, J, K, O), at(kernel, J, P, Q, R)), inside=True,
    ),
    **{f"{kind} over windows": pooled(kind) for kind in ("max", "min", "sum", "prod", "argmax", "argmin", "logsumexp")},
    "overlapping windows": pooled("max", 1, 3),
    "large windows": pooled("max", 1, 5),
    "what a pool passes back": passed_back(2, 2),
    "what overlapping windows pass back": passed_back(1, 2),
    "what windows with gaps pass back": passed_back(3, 2),
    "rows by index": plain(("n", 2, 5), at(table, token, K)),
    "an element of each row by index": plain(("n",), at(table, I, affine(at(tok, I, 0)))),
    "an index computed from an index": plain(("n", 2), at(leaf("z", 9), token.scaled(2) + affine(1))),
    "an index of an index": plain(("n", 2), at(table, affine(at(tok2, token)), 3)),
    "an index that may be outside": plain(("n", 2), at(leaf("z", 3), ahead(token, -1), inside=True)),
    "integers as numbers": plain(("n", 2), mul(at(tok, I, J), at(x1, I), power(add(at(tok, I, J), number(1)), -1))),
    "positions as numbers": plain(("n", "m"), mul(position(I.scaled(3) + J), at(x2, I, J))),
    "one hot": plain(("n", "v"), apply("eq", at(tok, I, 0), position(J))),
    "sums by index": scatter(("v", 5), ("n", 2, 5), (token, K), mul(at(x1, I), at(w2, 0, K))),
    "sums by index, cut off": scatter((3,), ("n", 2), (ahead(token, -1),), at(x1, I), inside=True),
    "flattened": scatter(("n", 12), ("n", 3, 4), (I, J.scaled(4) + K), at(leaf("f", "n", 3, 4), I, J, K)),
    "flattened with free sizes": scatter((N * M,), ("n", "m"), (I.scaled(M) + J,), at(x2, I, J)),
    "flattened in the other order": scatter((N * M,), ("n", "m"), (J.scaled(N) + I,), at(x2, I, J)),
    "onto a diagonal": scatter(("n", "n"), ("n",), (I, I), at(x1, I)),
    "onto every second place": scatter((N * 2,), ("n",), (I.scaled(2),), at(x1, I)),
    "reversed": scatter(("n",), ("n",), (I.scaled(-1) + affine(N - 1),), at(x1, I)),
    "a part only": scatter(("n",), (N - 1,), (I,), at(x1, I)),
    "all to one place": scatter((3,), ("n",), (1,), at(x1, I)),
    "shifted out of the tensor": scatter(("n",), ("n",), (ahead(I, 1),), at(x1, I), inside=True),
    "free windows": scatter((N + M - 1,), ("n", "m"), (I + J,), at(x2, I, J)),
    "products of other places": summed(("n", "m"), ("m",), apply("where", apply("eq", position(J), position(K)), number(1), at(x2, I, K)), "prod"),
    "the place of the largest, over two axes": summed(("n",), ("m", 4), at(cube, I, J, K), "argmax"),
    "the place of the largest, over an axis that is not read": summed((), ("n", "m"), at(x1, I), "argmax"),
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
    forward = convolution()
    gradient = CASES["the gradient of a kernel"]
    source = compile([forward, gradient]).source
    assert source.count("_view(") == 2  # the helper itself, and the one view of the windows


def test_a_contraction_is_a_matrix_product_without_a_copy():
    source = compile(CASES["a matrix product"]).source
    step = source[source.index("def step") : source.index("return out")]
    assert "np.dot(x2, w2, out=out)" in step
    assert "copy" not in step


def test_no_statement_is_a_loop_over_elements():
    for case in CASES.values():
        source = compile(with_sizes(case)).source
        step = source[source.index("    def step") : source.index("    return step")]
        assert "for " not in "\n".join(line.split("#")[0] for line in step.splitlines())
