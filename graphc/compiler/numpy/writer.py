"""The text of one program while it grows: names, sizes, views, constants, and the two bodies that lines go to.

`prepared` lines run once for a set of sizes; `steps` run at every call. A view of memory that stays is made once; a
view of what is given, or of what the caller gets, is written out where it is used.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from ...graph.node import Leaf, Node
from ...graph.scalar import Affine, Apply, Index, Number, Position, Read, Scalar
from ...graph.size import Size, never_negative, size
from ..layout import Layout
from ..plan import Plan
from ..windows import simple
from .naming import Namer

DTYPES = {"float": "dtype", "int": "np.intp", "bool": "np.bool_", "bits": "bits", "tiny": "np.int8"}


class Writer:
    def __init__(self, plan: Plan, layout: Layout, namer: Namer, sizes: dict[str, str]) -> None:
        self.plan, self.layout, self.namer = plan, layout, namer
        self.size_names = {name: size(own) for name, own in sizes.items()}
        self.steady: set[Leaf] = set()  # given tensors whose arrays are the same at every call
        self.variable: dict[Node, str] = {}
        self.known: dict[Node, str] = {}
        self.takes_over: dict[str, str] = {}
        self.prepared: list[str] = []
        self.steps: list[str] = []
        self.current: Node | None = None
        self.makes: list[Node | None] = []  # what each of the `steps` computes a part of
        self.helpers: set[str] = set()
        self.views: dict[str, str] = {}
        self.copies: dict[tuple[Read, tuple[Index, ...]], str] = {}
        self._texts: dict[Size, str] = {}
        self.now: list[str] = self.steps

    # -- sizes and shapes

    def size(self, value: Size) -> str:
        found = self._texts.get(value)
        if found is None:
            found = self._texts[value] = str(value.bind(self.size_names))
        return found

    def extent(self, value: Size) -> str:
        """The number of elements along an axis, which is never below 0."""
        return self.size(value) if never_negative(value, 0) else f"max(0, {self.size(value)})"

    def shape(self, extents: Sequence[Size]) -> str:
        inner = ", ".join(map(self.extent, extents))
        return f"({inner},)" if len(extents) == 1 else f"({inner})"

    def late(self, node: Node) -> bool:
        """Whether its array is another at every call."""
        if isinstance(node, Leaf):
            return node not in self.steady
        chain = self.plan.chain[node]
        return self.late(chain.over) if chain.over is not None else chain.storage == "fresh"

    def known_as(self, node: Node) -> str:
        """What a person calls a tensor: by the name that it, or what it was made of element by element, was given."""
        while node not in self.known and node.name is None:
            before = [read.tensor for read in getattr(node, "reads", ()) if read.tensor.extents == node.extents]
            if not before:
                return self.variable[node]
            node = before[0]
        return self.known.get(node) or node.name or ""

    # -- lines

    def say(self, line: str) -> None:
        self.now.append(line)
        if self.now is self.steps:
            self.makes.append(self.current)

    def once(self, wish: str, expression: str) -> str:
        """A name for what is made when the sizes are known; the same expression keeps its name."""
        found = self.views.get(expression)
        if found is None:
            found = self.views[expression] = self.namer(wish)
            self.prepared.append(f"{found} = {expression}")
        return found

    def helper(self, name: str) -> str:
        self.helpers.add(name)
        return name

    def array_of(self, name: str) -> str:
        """The first name of an array that is computed over, under several names."""
        while name in self.takes_over:
            name = self.takes_over[name]
        return name

    # -- operands

    def operand(self, term: Scalar, axes: Sequence[Index], box: Sequence[Size], kind_: str = "float") -> str:
        """The text of an operand whose axes are those of the box given, as far as it has them."""
        if not isinstance(term, Read):
            return self.constant(term, kind_)
        return self.view(term, axes, box)

    def constant(self, term: Scalar, kind_: str = "float") -> str:
        """A number that depends on sizes alone, as an array of no axes."""
        text = static_text(term, self)
        wish = CONSTANT_NAMES.get(text, "scale" if isinstance(term, (Apply, Position)) else "constant")
        return self.once(wish if kind_ == "float" else f"{wish}_{kind_}", f"np.asarray({text}, {DTYPES[kind_]})")

    def innermost(self, reads: Sequence[Read], axes: Sequence[Index]) -> Index:
        """The axis along which neighbours lie side by side in memory, for the operand that has most axes."""
        places = max((self.layout.places(read) for read in reads), key=len, default={})
        return max(places, key=lambda index: places[index], default=axes[-1])

    def seen_as(self, term: Scalar, axes: Sequence[Index], box: Sequence[Size], dtype: str, out: bool = False) -> str:
        """The bits of an operand as numbers of another type."""
        text = self.operand(term, axes, box)
        late = isinstance(term, Read) and self.late(term.tensor)
        suffix = dtype.removeprefix("np.")
        return f"{text}.view({dtype})" if late else self.once(f"{text}_{suffix}", f"{text}.view({dtype})")

    def view(self, read: Read, axes: Sequence[Index], box: Sequence[Size], expand: bool = True) -> str:
        base = self.variable[read.tensor]
        text = self.view_text(base, read, axes, box, expand)
        return text if text == base or self.late(read.tensor) else self.once(view_name(base, text), text)

    def view_text(self, base: str, read: Read, axes: Sequence[Index], box: Sequence[Size], expand: bool) -> str:
        if not simple(read):
            return self._windows(base, read, axes, box)
        pieces: list[str] = []
        present: list[Index] = []
        for axis, form in enumerate(read.subscripts):
            if not form.terms:
                pieces.append(self.size(form.offset))
                continue
            ((index, step),) = form.terms
            assert isinstance(index, Index)
            present.append(index)
            pieces.append(self._slice(form, step, box[index.key], read.tensor.extents[axis]))
        wanted = [index for index in axes if index in present]
        if wanted == present:
            return base + self._indexed(pieces, read, present, axes if expand else wanted)
        sliced = base + self._indexed(pieces, read, present, present)
        if len(wanted) == 2 and len(present) == 2:
            turned = f"{sliced}.T"
        else:
            turned = f"{sliced}.transpose({', '.join(str(present.index(index)) for index in wanted)})"
        spread = self._spread(wanted, axes) if expand else ""
        return turned + spread

    def _slice(self, form: Affine, step: Size, extent: Size, length: Size) -> str:
        if step.value == 1:
            if not form.offset.terms and extent is length:
                return ":"
            stop = form.offset + extent
            start = self.size(form.offset) if form.offset.terms else ""
            return f"{start}:" if stop is length else f"{start}:{self.size(stop)}"
        start = self.size(form.offset) if form.offset.terms else ""
        return f"{start}:{self.size(form.offset + step * extent)}:{self.size(step)}"

    def _indexed(self, pieces: list[str], read: Read, present: list[Index], axes: Sequence[Index]) -> str:
        """`[:, None, 2:]`; nothing at all where everything is taken as it is."""
        rank = {index: place for place, index in enumerate(axes)}
        out: list[str] = []
        place, k = 0, 0
        started = False
        for piece, form in zip(pieces, read.subscripts, strict=True):
            if form.terms:
                here = rank[present[k]]
                if started:
                    out += ["None"] * (here - place)
                started, place, k = True, here + 1, k + 1
            out.append(piece)
        if started:
            out += ["None"] * (len(axes) - place)
        if all(piece == ":" for piece in out):
            return ""
        if not started and out:
            out.append("...")
        while out and out[-1] == ":":
            out.pop()
        return f"[{', '.join(out)}]"

    @staticmethod
    def _spread(wanted: list[Index], axes: Sequence[Index]) -> str:
        places = [axes.index(index) for index in wanted]
        full = [":" if place in places else "None" for place in range(places[0], len(axes))]
        while full and full[-1] == ":":
            full.pop()
        return f"[{', '.join(full)}]" if "None" in full else ""

    def _windows(self, base: str, read: Read, axes: Sequence[Index], box: Sequence[Size]) -> str:
        """A strided view: how far one step along each axis of the view goes along each axis of the array."""
        used = {atom for form in read.subscripts for atom, _ in form.terms}
        steps = []
        for index in axes:
            step = [self.size(dict(form.terms).get(index, size(0))) for form in read.subscripts]
            steps.append(f"({', '.join(step)}{',' * (len(step) == 1)})")
        shape = ", ".join(self.extent(box[index.key]) if index in used else "1" for index in axes)
        start = ", ".join(self.size(form.offset) for form in read.subscripts)
        comma, one = "," * (len(axes) == 1), "," * (len(read.subscripts) == 1)
        return f"{self.helper('_view')}({base}, ({shape}{comma}), ({start}{one}), ({', '.join(steps)}{comma}))"


CONSTANT_NAMES = {"0": "zero", "1": "one", "2": "two", "3": "three", "-1": "minus_one", "0.5": "half",
                  "np.finfo(dtype).max": "huge", "-(np.finfo(dtype).max)": "minus_huge"}  # fmt: skip


def view_name(base: str, text: str) -> str:
    rest = text.removeprefix(base)
    return f"{base}_T" if rest == ".T" else f"{base}_view"


def static_text(term: Scalar, writer: Writer) -> str:
    """Python for a number that depends on sizes alone."""
    if isinstance(term, Number):
        return number_text(term.value)
    if isinstance(term, Position):
        return writer.size(term.affine.offset)
    assert isinstance(term, Apply)
    if not term.arguments:
        return {"pi": "np.pi", "huge": "np.finfo(dtype).max"}[term.operation]
    inner = [static_text(argument, writer) for argument in term.arguments]
    if term.operation in ("add", "mul"):
        sign = " + " if term.operation == "add" else "*"
        return sign.join(f"({part})" if not part.isidentifier() and not _bare(part) else part for part in inner)
    if term.operation == "pow" and inner[1] == "-1":
        return f"np.divide(1, {inner[0]})"
    return STATIC[term.operation].format(*inner)


def _bare(text: str) -> bool:
    return text.replace(".", "", 1).isdigit() or (
        text.startswith("np.") and text.endswith(")") and text.count("(") == 1
    )


def number_text(value: Fraction) -> str:
    if value.denominator == 1 and abs(value) < 2**53:
        return str(value.numerator)
    try:
        return repr(value.numerator / value.denominator)
    except OverflowError:
        return "np.inf" if value > 0 else "-np.inf"


STATIC = {
    "pow": "np.power({0}, {1}, dtype=float)", "exp": "np.exp({0})", "log": "np.log({0})", "sin": "np.sin({0})",
    "cos": "np.cos({0})", "tanh": "np.tanh({0})", "erf": "math.erf({0})", "abs": "np.abs({0})",
    "sign": "np.sign({0})", "step": "float({0} > 0)", "sigma": "1/(1 + np.exp(-float({0})))",
    "softplus": "np.logaddexp(0, {0})", "max": "np.maximum({0}, {1})", "min": "np.minimum({0}, {1})",
    "lt": "({0} < {1})", "le": "({0} <= {1})", "gt": "({0} > {1})", "ge": "({0} >= {1})",
    "eq": "({0} == {1})", "ne": "({0} != {1})", "and": "({0} and {1})", "where": "({1} if {0} else {2})",
    "sub": "({0} - ({1}))", "div": "np.divide({0}, {1})", "neg": "-({0})", "sqrt": "np.sqrt({0})",
    "square": "np.square({0})", "reciprocal": "np.divide(1, {0})", "logaddexp": "np.logaddexp({0}, {1})",
}  # fmt: skip
