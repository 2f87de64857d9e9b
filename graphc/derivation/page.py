"""What a derivation is written on: its names, its steps, and bodies put into words."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction

from ..graph.arithmetic import negated, size_expression
from ..graph.node import Leaf, Map, Node
from ..graph.scalar import Affine, Index, Number, Scalar, affine, position
from ..graph.size import Size
from ..language import expression as e
from ..language.expression import Expression
from .naming import Names
from .step import Derivative
from .steps import Steps

Box = tuple[Size, ...]
Labels = tuple[str, ...]


class Page:
    """The names, the steps so far, and what the names of derivatives stand for."""

    def __init__(self, names: Names) -> None:
        self.names, self.steps = names, Steps()
        self.derivatives: dict[str, Derivative] = {}
        self.explained: dict[Node, set[Node]] = {}  # by what each equation was differentiated by rules of one variable

    def called(self, node: Node) -> str:
        return self.names.of[node]

    def expression(self, body: Scalar, box: Box, labels: Labels) -> Expression:
        if isinstance(body, Number) and body.value.denominator > 1:  # 1/16 says more here than 0.0625
            return quotient(body.value)
        return self.names.expression(over(body, box, labels))[1]

    def forms(self, forms: Iterable[Affine], box: Box, labels: Labels) -> tuple[Expression, ...]:
        def written(form: Affine) -> Expression:
            index = form.plain
            return e.Name(labels[index.key]) if index else self.expression(position(form), box, labels)

        return tuple(map(written, forms))

    def derivative(
        self,
        of: Node,
        of_at: tuple[Affine, ...],
        by: Node,
        by_at: tuple[Affine, ...],
        box: Box,
        labels: Labels,
        edge: bool,
        ending: str = "",
    ) -> Leaf:
        """A tensor that stands for a derivative, under a name of its own."""
        name = self.names.derivative(self.called(of), self.called(by), ending)
        leaf = Leaf("input", name, box)
        self.names.of[leaf] = name
        self.derivatives[name] = Derivative(
            name,
            labels,
            self.called(of),
            self.forms(of_at, box, labels),
            self.called(by),
            self.forms(by_at, box, labels),
            edge,
            tuple(map(size_expression, box)),
        )
        return leaf


def over(body: Scalar, box: Box, labels: Labels) -> Map:
    """A body as a tensor."""
    return Map(None, box, box, places(len(box)), False, None, body, labels)


def places(count: int, start: int = 0) -> tuple[Affine, ...]:
    return tuple(affine(Index(k)) for k in range(start, start + count))


def quotient(value: Fraction) -> Expression:
    whole = e.Quotient(e.Number(Fraction(abs(value.numerator))), e.Number(Fraction(value.denominator)))
    return negated(whole) if value < 0 else whole
