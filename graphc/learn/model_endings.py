"""What a tensor ends in: the activation, told from the formulas, however they were written.

`softmax(z)`, `exp(z)/sum(exp(z))` and the same over three named tensors are one formula once the calculus has brought
them to their stable form; the library's own formulas, with a variable for their argument, are what it is held against.
"""

from __future__ import annotations

from functools import lru_cache

from ..calculus.guards import complement
from ..calculus.prepare import prepare
from ..calculus.rewrite import any_, match
from ..compiler.merge import Keys, merge
from ..graph.node import Leaf, Map, Node, order
from ..graph.operators import input as input_leaf
from ..graph.operators import library_function, param
from ..graph.scalar import Apply, Index, Number, Position, Read, Scalar, affine, move, negative, reads, replace, walk
from ..graph.scalar import apply as applied

PLAIN = ""  # no activation: a sum over parameters, which may be any number
ROWS = ("softmax", "log_softmax")
# The more special first: a softmax is an exponential too.
ELEMENTWISE = (
    "sigma", "tanh", "relu", "softplus", "leaky_relu", "elu", "gelu", "silu", "step", "exp", "abs",
)  # fmt: skip
Z, SLOPE = any_("z"), any_("slope")


def ending(tensor: Map) -> str | None:
    """The activation that a tensor is computed by, `PLAIN` where there is none, None where that cannot be told."""
    (stable,) = merge(prepare([tensor]))
    node = _behind_copies(stable)
    if not isinstance(node, Map):
        return None
    if node.reduce is None and node.plain:
        found = next((name for name in ROWS if _is_of_rows(name, node)), None)
        bodies = [node.body, complement(node.body) or node.body]
        found = found or next((name for name, formula in _activations() if _any_match(formula, bodies)), None)
        if found is not None:
            return found
    return PLAIN if node in _unbounded(order([node])) else None


def _behind_copies(node: Node) -> Node:
    """What a tensor is another name or another shape of."""
    while isinstance(node, Map) and node.reduce is None and isinstance(node.body, Read):
        node = node.body.tensor
    return node


@lru_cache(maxsize=1)
def _activations() -> tuple[tuple[str, Scalar], ...]:
    """The library's formulas, with a variable for the argument, and one for a slope where there is one."""
    z, slope = input_leaf("z", ("n",)), param("slope", ())
    found = [(name, pattern(_called(name, z), {z: Z})) for name in ELEMENTWISE]
    return (*found, ("leaky_relu", pattern(_called("leaky_relu", z, slope), {z: Z, slope: SLOPE})))


def _called(name: str, *arguments: Node) -> Map:
    function = library_function(name)
    assert function is not None
    (made,) = prepare([function(*arguments)])
    assert isinstance(made, Map)
    return made


def pattern(node: Map, variables: dict[Node, Scalar]) -> Scalar:
    """The body with variables, which stand for anything, in place of what is read."""
    return replace(node.body, {read: variables[read.tensor] for read in reads(node.body) if read.tensor in variables})


def _any_match(formula: Scalar, bodies: list[Scalar]) -> bool:
    return any(True for body in bodies for one in turns(formula) for _ in match(one, body, {}))


def turns(formula: Scalar) -> tuple[Scalar, ...]:
    """max(0, z) is max(z, 0); the rules' own matching knows the order of sums and products alone."""
    if isinstance(formula, Apply) and formula.operation == "max":
        return formula, Apply("max", formula.arguments[::-1])
    return (formula,)


def _is_of_rows(name: str, node: Map) -> bool:
    """Whether the body is z minus the log of the summed exponentials of the same z, or the exponential of that."""
    body = node.body
    if name == "softmax":
        if not (isinstance(body, Apply) and body.operation == "exp"):
            return False
        (body,) = body.arguments
    summands = terms(body)
    for place, term in enumerate(summands):
        total = negative(term)
        rest = applied("add", *summands[:place], *summands[place + 1 :])
        if isinstance(total, Read) and _summed_up(total, rest, node.rank - 1):
            return True
    return False


def _summed_up(total: Read, exponent: Scalar, axis: int) -> bool:
    """Whether it is the logsumexp of the exponent along an axis."""
    node = total.tensor
    if not isinstance(node, Map) or node.reduce != "logsumexp" or not node.plain or len(node.reduced) != 1:
        return False
    places = {Index(k): form for k, form in enumerate(total.subscripts)}
    along = move(node.body, {**places, node.reduced[0]: affine(Index(axis))})
    keys = Keys()
    return keys.scalar(_opened(along)) == keys.scalar(_opened(exponent))


def _opened(body: Scalar) -> Scalar:
    """With the formulas in it that have no reduction and no name put in place of what they make."""
    for read in reads(body):
        node = read.tensor
        if isinstance(node, Map) and node.name is None and node.plain and node.reduce is None and not read.guarded:
            inner = move(node.body, {Index(k): form for k, form in enumerate(read.subscripts)})
            body = replace(body, {read: _opened(inner)})
    return body


def _unbounded(nodes: list[Node]) -> set[Node]:
    """Those that a parameter is added to, or is a factor of a summand of; and sums and copies of such ones."""
    found: set[Node] = set()
    for node in nodes:
        if isinstance(node, Leaf):
            if node.kind == "param" and not node.attributes:
                found.add(node)
        elif isinstance(node, Map) and node.reduce in (None, "sum") and any(_free(t, found) for t in terms(node.body)):
            found.add(node)
    return found


def _free(term: Scalar, unbounded: set[Node]) -> bool:
    """A product of tensors and numbers of which one may be any number, and that alone decides what it may be."""
    beside = [factor for factor in factors(term) if not constant(factor)]
    if not all(isinstance(factor, Read) for factor in beside):
        return False
    tensors = [factor.tensor for factor in beside if isinstance(factor, Read)]
    return any(tensor in unbounded and (isinstance(tensor, Leaf) or len(tensors) == 1) for tensor in tensors)


def terms(body: Scalar) -> tuple[Scalar, ...]:
    """The summands of a body."""
    return body.arguments if isinstance(body, Apply) and body.operation == "add" else (body,)


def factors(term: Scalar) -> tuple[Scalar, ...]:
    """The factors of a product."""
    return term.arguments if isinstance(term, Apply) and term.operation == "mul" else (term,)


def constant(part: Scalar) -> bool:
    """A number, or one that follows from the sizes."""
    return all(isinstance(leaf, Number | Position) for leaf in walk(part) if not leaf.children)
