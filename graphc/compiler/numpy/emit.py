"""Atoms to the text of a module: names, equations, one statement after the other."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from textwrap import wrap

from ...graph.node import Leaf, Map, Node, order, unproved_ranges
from ...graph.scalar import Apply, Index, Position, Read, Scalar, indices
from ...graph.size import Size, never_negative, size
from ...graph.text import equation
from ..atoms import Atoms
from ..forms import static
from ..kinds import kind
from ..layout import Layout, contraction_of
from ..plan import Chain, Plan, padded
from .copies import write_copy
from .elementwise import write_elementwise, write_position
from .naming import Namer, printable
from .products import write_contraction
from .reductions import write_reduction
from .scatters import write_scatter
from .writer import DTYPES, Writer

SUFFIXES = {
    "add": "sum", "sub": "difference", "mul": "product", "div": "quotient", "neg": "negative", "float": "number",
    "logaddexp": "softplus", "pow": "power", "gt": "mask", "lt": "mask", "ge": "mask", "le": "mask", "eq": "mask",
    "ne": "mask", "and": "mask", "where": "choice", "max": "largest", "min": "smallest",
}  # fmt: skip
WIDTH, LONGEST = 100, 400  # of a comment's line, of an equation in it


@dataclass
class Result:
    """What stands for a root: a read of an atom, or a number; whether it is of integers; the array handed out."""

    name: str
    node: Node
    value: Scalar
    whole: bool
    fresh: Map | None
    place: str | Leaf | None


class Emitter:
    """`places` say where results go that nobody is handed: into memory by its text, or over a given tensor."""

    def __init__(
        self,
        atoms: Atoms,
        nodes: Sequence[Node],
        values: Sequence[Scalar],
        names: Sequence[str],
        whole: Sequence[bool],
        places: Sequence[str | Leaf | None] = (),
    ) -> None:
        self.atoms, self.nodes, self.places = atoms, nodes, places or [None] * len(nodes)
        self.results = self._results(values, names, whole)
        needed = order([value.tensor for value in values if isinstance(value, Read)])
        fresh = {result.fresh for result in self.results if result.fresh is not None}
        self.layout = Layout(atoms.hints)
        self.layout.settle(needed, fresh)
        returned = [value.tensor for value in values if isinstance(value, Read)]
        owned: dict[Node, Leaf | None] = {}
        for result in self.results:
            if result.fresh is not None and result.place is not None:
                owned[result.fresh] = result.place if isinstance(result.place, Leaf) else None
        self.plan = Plan(needed, set(fresh), returned, self.layout, owned)
        self.needed = needed

    def _results(self, values: Sequence[Scalar], names: Sequence[str], whole: Sequence[bool]) -> list[Result]:
        taken: set[Node] = set()
        results = []
        for name, node, value, integer, place in zip(names, self.nodes, values, whole, self.places, strict=True):
            fresh = value.tensor if isinstance(value, Read) and handed_out(value, node, integer, taken) else None
            if fresh is not None:
                taken.add(fresh)
            results.append(Result(name, node, value, integer, fresh, place))  # type: ignore[arg-type]
        return results

    def write(self, leaves: Sequence[Leaf], sizes: Sequence[str]) -> Writer:
        namer = Namer()
        size_names = {name: namer(name) for name in sizes}
        variables = {leaf: namer(leaf.name or leaf.kind) for leaf in leaves}
        return self.write_with(namer, size_names, variables)

    def write_with(
        self, namer: Namer, size_names: dict[str, str], variables: Mapping[Leaf, str], steady: Iterable[Leaf] = ()
    ) -> Writer:
        """The lines, where what is given has its names already; the arrays of the `steady` stay the same."""
        writer = Writer(self.plan, self.layout, namer, size_names)
        writer.variable.update(variables.items())
        writer.steady.update(steady)
        self._name(writer)
        self._people_know(writer)
        self._ranges(writer)
        said: Node | None = None
        for node in self.needed:
            if isinstance(node, Leaf):
                continue
            assert isinstance(node, Map)
            writer.now = writer.prepared if node in self.plan.constant else writer.steps
            origin = writer.current = self.atoms.origin.get(node)
            if origin is not said and origin is not None:
                for line in wrap(self._equation(origin), WIDTH, subsequent_indent="    ", break_long_words=False):
                    writer.say(f"# {line}")
                said = origin
            self._allocate(writer, node)
            write_atom(writer, node)
        writer.now = writer.steps
        self.returned = [self._returned(writer, result) for result in self.results]
        return writer

    # -- names

    def _name(self, writer: Writer) -> None:
        """User's names for what has one; what is computed on the way there shares the array and its name."""
        own: dict[Node, str] = {}
        self.titles: dict[Node, str] = {}
        for result in self.results:
            if result.fresh is not None and result.node.name is None:
                own[result.fresh] = result.name
            self.titles.setdefault(result.node, result.node.name or result.name)
        for node, value in self.atoms.value.items():
            if node.name and isinstance(value, Read) and value is Atoms.plain_read(value.tensor):
                own.setdefault(value.tensor, node.name)
        count = 0
        for node in order(self.nodes):
            if node not in self.titles and isinstance(node, Map):
                if node.name is None:
                    count += 1
                self.titles[node] = node.name or f"g{count}"
        for node in self.needed:
            chain = self.plan.chain.get(node)
            if chain is None or chain.members[0] is not node:
                continue
            if chain.over is not None:
                writer.variable.update(dict.fromkeys(chain.members, writer.variable[chain.over]))
                continue
            waiting: list[Map] = []
            for member in chain.members:
                waiting.append(member)
                if member in own:
                    self._give(writer, waiting, own[member])
                    waiting = []
            if waiting:
                self._give(writer, waiting, self._temporary(waiting[-1]))

    @staticmethod
    def _give(writer: Writer, members: Sequence[Map], wish: str) -> None:
        name = writer.namer(wish)
        for member in members:
            writer.variable[member] = name

    def _temporary(self, node: Map) -> str:
        origin = self.atoms.origin.get(node)
        base = self.titles.get(origin, "value") if origin is not None else "value"
        value = self.atoms.value.get(origin) if origin is not None else None
        if isinstance(value, Read) and value.tensor is node:
            return base
        return f"{base}_{suffix(node)}"

    def _equation(self, node: Node) -> str:
        text = printable(" ".join(equation(node, lambda other: self.titles.get(other, other.name)).split()))
        return text if len(text) <= LONGEST else f"{text[: LONGEST - 2]} …"

    def _people_know(self, writer: Writer) -> None:
        """The names of tensors in messages: ∂L/∂z, and what becomes it element by element, has the places of z."""
        wanted = {result.node: result.name for result in self.results}
        names: dict[Node, str] = {}
        for node in reversed(order(self.nodes)):
            title = node.name or wanted.get(node) or names.get(node)
            if title is None:
                continue
            names[node] = title.rpartition("/d")[2].strip("()")
            for read in node.reads if isinstance(node, Map) else ():
                if read.tensor.name is None and read.tensor.extents == node.extents:
                    names.setdefault(read.tensor, names[node])
        for node, name in names.items():
            value = self.atoms.value.get(node)
            if isinstance(value, Read):
                writer.known.setdefault(value.tensor, name)

    # -- memory

    def _allocate(self, writer: Writer, node: Map) -> None:
        chain = self.plan.chain[node]
        name = writer.variable[node]
        place = chain.members.index(node)
        if place:
            before = writer.variable[chain.members[place - 1]]
            if before != name:
                writer.takes_over[name] = before
                (writer.say if chain.storage == "fresh" else writer.prepared.append)(f"{name} = {before}")
        elif chain.over is not None or (node.plain and isinstance(node.body, Position) and node.body.affine.terms):
            return
        elif chain.storage == "fresh":
            dtype = DTYPES[kind(node)]
            writer.say(f"{name} = np.empty({writer.shape(node.extents)}, {dtype})")
        else:
            writer.prepared.append(f"{name} = {self._memory(writer, chain, node)}")

    def _memory(self, writer: Writer, chain: Chain, node: Map) -> str:
        if chain.storage == "owned":
            place = next(result.place for result in self.results if result.fresh in chain.members)
            return place if isinstance(place, str) else f"np.empty({writer.shape(node.extents)}, dtype)"
        order_ = self.layout.order(node)
        natural = list(order_) == sorted(order_)
        shape = writer.shape([node.extents[axis] for axis in order_])
        if chain.lender is None:
            text = f"np.empty({shape}, {DTYPES[kind(node)]})"
        else:
            lender = chain.lender.members[0]
            theirs = self.layout.order(lender)
            same = [lender.extents[axis] for axis in theirs] == [node.extents[axis] for axis in order_]
            text = writer.variable[lender]
            if same and theirs == order_:
                return text
            if list(theirs) != sorted(theirs):
                text += f".transpose({', '.join(map(str, theirs))})"
            if not same:
                text += f".reshape({shape})"
        if natural:
            return text
        back = [order_.index(axis) for axis in range(len(order_))]
        return f"{text}.transpose({', '.join(map(str, back))})"

    # -- checks and results

    def _ranges(self, writer: Writer) -> None:
        """What the sizes must allow, each thing said once, in an equation with a name if there is one."""
        checks: dict[str, tuple[Map, str, Size]] = {}
        maps = [node for node in order(self.nodes) if isinstance(node, Map)]
        maps.sort(key=lambda node: node.name is None)
        for node in maps:
            for extent in (*node.extents, *node.box):
                if not never_negative(extent, 0):
                    sentence = f"an index runs over {extent} places"
                    checks.setdefault(f"if {writer.size(extent)} < 0:", (node, sentence, extent))
        for node in maps:
            for slack, sentence in unproved_ranges(node):
                some = dict.fromkeys(f" and {writer.extent(extent)} > 0" for extent in node.box if not extent.value)
                checks.setdefault(f"if {writer.size(slack)} < 0{''.join(some)}:", (node, sentence, slack))
        for check, (node, sentence, value) in checks.items():
            here = ", ".join(f"{name} = {{{writer.size_names[name]}}}" for name in sorted(value.names))
            if value is not size(next(iter(value.names))) and "runs over" in sentence:
                here += f", so {value} = {{{writer.size(value)}}}"
            said = f"in {self._equation(node)}, {sentence}".replace("{", "{{").replace("}", "}}")
            writer.prepared += [check, f"    raise ValueError(f{said + ': ' + here!r})"]

    def _returned(self, writer: Writer, result: Result) -> str:
        if result.fresh is not None:
            own = writer.variable[result.fresh]
            if isinstance(result.place, Leaf) and writer.variable[result.place] != own:
                writer.say(f"np.copyto({writer.variable[result.place]}, {own})")
            return own
        name = writer.namer(result.name)
        node = writer.current = result.node
        shape = writer.shape(node.extents)
        dtype = "np.intp" if result.whole else "dtype"
        axes = [Index(axis) for axis in range(node.rank)]
        source = writer.operand(result.value, axes, node.extents)
        if isinstance(result.place, Leaf):
            name = writer.variable[result.place]
        elif result.place is not None:
            writer.prepared.append(f"{name} = {result.place}")
        else:
            writer.say(f"{name} = np.empty({shape}, {dtype})")
        writer.say(f"{name}[...] = {source}")
        return name


def handed_out(value: Read, node: Node, whole: bool, taken: set[Node]) -> bool:
    """Whether the atom's array can be made anew at each call and given away."""
    atom = value.tensor
    if not isinstance(atom, Map) or atom in taken or value is not Atoms.plain_read(atom):
        return False
    if (
        atom.extents != node.extents
        or kind(atom) != ("int" if whole else "float")
        or padded(atom)
        or not order_needs(atom)
    ):
        return False
    operands = contraction_of(atom)
    if operands is None:
        return True
    left, right = (set(indices(read)) for read in operands)
    classes = [
        "batch" if Index(k) in left & right else "left" if Index(k) in left else "right" for k in range(atom.rank)
    ]
    runs = [c for k, c in enumerate(classes) if k == 0 or classes[k - 1] != c]
    return len(runs) == len(set(runs)) and ("batch" not in runs or runs[0] == "batch")


def order_needs(atom: Map) -> bool:
    """Something given is read on the way, so that it is computed at each call."""
    seen: set[Node] = set()
    pending: list[Node] = [atom]
    while pending:
        node = pending.pop()
        if isinstance(node, Leaf):
            return True  # most often at once: walking all the way for each result would be quadratic in the depth
        if node not in seen:
            seen.add(node)
            pending.extend(node.inputs)
    return False


def suffix(node: Map) -> str:
    body = node.body
    if not node.plain:
        return "scattered"
    if contraction_of(node) is not None:
        return "matmul"
    if node.reduce:
        return {"sum": "total", "max": "max", "min": "min", "prod": "product"}.get(node.reduce, node.reduce)
    if isinstance(body, Apply):
        return SUFFIXES.get(body.operation, body.operation)
    if isinstance(body, Position):
        return "index"
    if isinstance(body, Read) and node.gathers:
        return "gathered"
    if isinstance(body, Read) and body.guarded:
        return "padded"
    return "copy"


def write_atom(writer: Writer, node: Map) -> None:
    """Which way of writing an atom is its own."""
    if not node.plain:
        write_scatter(writer, node)
    elif contraction_of(node) is not None:
        write_contraction(writer, node)
    elif node.reduce is not None:
        write_reduction(writer, node)
    elif isinstance(node.body, Apply) and not static(node.body):
        write_elementwise(writer, node)
    elif isinstance(node.body, Position) and node.body.affine.terms:
        write_position(writer, node)
    else:
        write_copy(writer, node)
