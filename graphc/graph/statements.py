"""From parsed statements to a network: names first, then each equation when something first needs it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from fractions import Fraction
from itertools import count

from ..language.constant import constant
from ..language.errors import GraphcError
from ..language.expression import (
    Constant,
    Declaration,
    Definition,
    Equation,
    Expression,
    Mark,
    Name,
    NetText,
    Number,
    Span,
    Statement,
)
from ..language.hints import near
from ..language.text import text
from .definitions import check_definition, refuse_recursion
from .extents import Frame
from .extract import as_node
from .network import Network, Written
from .node import Leaf, Map, Node
from .reader import bind, read
from .scalar import Index, Scalar, affine, move
from .scope import Scope, Steps, Task, run
from .size import Size, size
from .value import MAX_RANK, Value, axes, exact, of_node, shape_text


class Reading:
    """One reading of one file. It is the world in which the file's equations stand."""

    def __init__(self, net: NetText, name: str) -> None:
        self.source, self.name = net.source, name
        self.sizes: Mapping[str, Size] = {}
        self.ambiguous: frozenset[str] = frozenset()
        self.statements: dict[str, Declaration | Constant | Equation] = {}
        self.functions: dict[str, tuple[Definition, ...]] = {}
        self.values: dict[str, Value] = {}
        self.nodes: dict[str, Node] = {}
        self.waiting: dict[str, None] = {}
        self.marks: list[tuple[str, str, Span]] = []
        self.read = net.statements
        self.masks = 0
        self._collect(net.statements)
        refuse_recursion(self.functions, self.source)
        for (definition,) in self.functions.values():
            check_definition(definition, self, self.source)

    # what a world answers

    def has_tensor(self, name: str) -> bool:
        return name in self.statements

    def tensor(self, name: str) -> Value | Task:
        known = self.values.get(name)
        if known is not None:
            return known
        return Task(self._value(name), None, None)

    def definitions(self, name: str) -> tuple[Definition, ...]:
        return self.functions.get(name, ())

    def known(self) -> Iterable[str]:
        return (*self.statements, *self.functions)

    def mask(self, extents: tuple[Size, ...], rate: Fraction) -> Value:
        names = (f"mask{number}" for number in count(self.masks + 1) if f"mask{number}" not in self.statements)
        name = next(names)
        self.masks = int(name.removeprefix("mask"))
        return of_node(Leaf("mask", name, extents, (), rate))

    # the statements

    def network(self) -> Network:
        run(Task(self._all(), None, None))
        nodes = {name: self.nodes[name] for name in self.statements}
        outputs = [nodes[name] for kind, name, _ in self.marks if kind == "output"]
        equations = {name: s for name, s in self.statements.items() if isinstance(s, Equation)}
        rights = {name: equation.right for name, equation in equations.items()}
        indexed = frozenset(name for name, equation in equations.items() if equation.indices is not None)
        return Network(
            self.name,
            nodes,
            outputs,
            self._loss(nodes),
            self._title(),
            self.source.file,
            Written(rights, indexed),
            self.read,
        )

    def _all(self) -> Steps:
        for name in self.statements:
            value = self.tensor(name)
            if isinstance(value, Task):
                yield value

    def _title(self) -> str:
        first = self.source.text.partition("\n")[0]
        return first.partition(" - ")[2].strip() if first.startswith("#") else ""

    def _collect(self, statements: Iterable[Statement]) -> None:
        places: dict[str, Span] = {}
        sizes: dict[str, Size] = {}
        for statement in statements:
            if isinstance(statement, Mark):
                self.marks += [
                    (statement.kind, n, s) for n, s in zip(statement.names, statement.span.children, strict=True)
                ]
                continue
            earlier = places.setdefault(statement.name, statement.span)
            if earlier is not statement.span:
                raise self._error(f"`{statement.name}` is already defined in line {earlier.line}", statement.span)
            if isinstance(statement, Definition):
                self.functions[statement.name] = (statement,)
                continue
            self.statements[statement.name] = statement
            if isinstance(statement, Declaration):
                for dim in statement.dims:
                    if isinstance(dim, Name):
                        sizes[dim.name] = size(dim.name)
            if isinstance(statement, Equation) and statement.mark:
                self.marks.append((statement.mark, statement.name, statement.span))
        self.sizes = sizes
        self.ambiguous = frozenset(name for name in sizes if not self._integer(name))
        self._check_marks()

    def _integer(self, name: str) -> bool:
        """Whether a name that is a size too may stand in a subscript as a tensor; names of no tensor need no rule."""
        statement = self.statements.get(name)
        if isinstance(statement, Constant):
            value = constant(statement.value)
            return value is None or value.denominator == 1
        return statement is None or (isinstance(statement, Declaration) and "integer" in statement.attributes)

    def _check_marks(self) -> None:
        seen: dict[tuple[str, str], Span] = {}
        loss: str | None = None
        for kind, name, span in self.marks:
            if name in self.functions:
                hint = f"write {kind} y = {name}(…)"
                raise self._error(f"`{name}` is a function, and the {kind} is a tensor", span, hint)
            if name not in self.statements:
                raise self._error(f"`{name}` is not defined", span, near(name, self.statements))
            if kind == "loss":
                if loss is not None and loss != name:
                    hint = f"loss {loss} stands in line {seen[kind, loss].line}; add them up to have one"
                    raise self._error("a net has one loss", span, hint)
                loss = name
            seen.setdefault((kind, name), span)
        self.marks = [(kind, name, span) for (kind, name), span in seen.items()]

    def _loss(self, nodes: dict[str, Node]) -> Node | None:
        for kind, name, span in self.marks:
            if kind == "loss":
                if nodes[name].rank:
                    shape = shape_text(nodes[name].extents)
                    raise self._error(
                        f"the loss {name} has shape {shape}, and a loss is one number", span, f"mean({name}) is one"
                    )
                return nodes[name]
        scalars = [node for node in nodes.values() if isinstance(node, Map) and not node.rank]
        return scalars[-1] if scalars else None

    def _value(self, name: str) -> Steps:
        """The value of a statement's tensor, read now because something needs it."""
        statement = self.statements[name]
        if name in self.values:
            return self.values[name]
        if isinstance(statement, Declaration):
            node: Node = self._leaf(statement)
        elif isinstance(statement, Constant):
            node = yield Task(self._constant(statement), self.source, statement.span)
        else:
            if name in self.waiting:
                ring = [*list(self.waiting)[list(self.waiting).index(name) :], name]
                shown = ring if len(ring) < 8 else [*ring[:3], "…", *ring[-3:]]
                message = f"`{name}` is defined by itself" if len(ring) == 2 else f"a cycle: {' needs '.join(shown)}"
                raise GraphcError(message, "a net has no loops; unroll a recurrent one, a step a line")
            self.waiting[name] = None
            node = yield Task(self._equation(statement), self.source, statement.span)
            del self.waiting[name]
        self.nodes[name] = node
        self.values[name] = of_node(node)
        return self.values[name]

    def _leaf(self, declaration: Declaration) -> Leaf:
        if len(declaration.dims) > MAX_RANK:
            raise self._error(f"a tensor has at most {MAX_RANK} axes", declaration.span)
        if declaration.kind == "param" and "integer" in declaration.attributes:
            hint = f"whole numbers are given: input {declaration.name}[…] : integer"
            raise self._error("a parameter is learned, and whole numbers cannot be", declaration.span, hint)
        extents = tuple(size(dim.name) if isinstance(dim, Name) else _whole(dim) for dim in declaration.dims)
        given = declaration.start
        start = given.name if isinstance(given, Name) else None if given is None else constant(given)
        return Leaf(declaration.kind, declaration.name, extents, declaration.attributes, None, start)

    def _constant(self, statement: Constant) -> Steps:
        value = yield read(statement.value, statement.span.children[0], Scope(self, self.source, Frame()))
        known = exact(value.body) if isinstance(value, Value) and not value.rank else None
        if known is None:
            raise self._error(
                f"`{text(statement.value)}` is not a number that can be written out", statement.span.children[0]
            )
        return Leaf("const", statement.name, (), (), known)

    def _equation(self, equation: Equation) -> Steps:
        scope = Scope(self, self.source, Frame())
        place = equation.span.children[-1]
        if equation.indices is None:
            value = yield read(equation.right, place, scope)
            if not isinstance(value, Value):
                raise self._error("a shape is no tensor", place)
            scope.frame.infer()
            return as_node(value, equation.name)
        tokens = yield Task(bind(equation.indices, equation.span.children[:-1], scope), self.source, equation.span)
        value = yield read(equation.right, place, scope.binding(tokens))
        if not isinstance(value, Value) or value.rank:
            names = ",".join(tokens)
            shape = shape_text(value.extents) if isinstance(value, Value) else ""
            raise self._error(
                f"the right side has axes of its own, {shape}, beside {equation.name}[{names}]",
                place,
                f"give it subscripts, or write {equation.name} = … for the whole tensor",
            )
        scope.frame.infer()
        extents = tuple(token.key.extent for token in tokens.values())
        return as_node(Value(extents, _over(value.body, tuple(tokens.values()))), equation.name, tuple(tokens))

    def _error(self, message: str, span: Span, hint: str | None = None) -> GraphcError:
        return GraphcError(message, hint).at(self.source, span)


def _whole(dim: Expression) -> Size:
    assert isinstance(dim, Number)
    return size(int(dim.value))


def _over(body: Scalar, tokens: tuple[Index, ...]) -> Scalar:
    """The body over the axes that its indices become."""
    return move(body, {token: affine(axis) for token, axis in zip(tokens, axes(len(tokens)), strict=True)})
