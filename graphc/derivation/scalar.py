"""The derivative of one formula by one variable, line by line, as it is done on paper.

A part that is more than a straight line in the variable gets a name and is differentiated first; then one rule of
calculus says what the whole does; then the parts are put in; then the result is brought to the form that is wanted.
Nothing here is believed: every line is certified by somebody else.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from dataclasses import replace as replaced
from itertools import count

from ..calculus.tidy import joined
from ..graph.scalar import Apply, Scalar, mul, replace, rewrite
from ..language import expression as e
from ..language.expression import Definition, Expression
from .reasons import kind
from .scalar_rules import NAMED, at_once, by_rule, depends, rate
from .scalar_terms import STAND_FOR, blank, expanded, leaf, names, slope, substituted, term, walked, written
from .step import Derivative, Step
from .table import RULES

LETTERS = ("u", "v", "w")
AT_KINKS = ("relu", "maximum", "minimum", "absolute value", "cases", "flat")


@dataclass(frozen=True)
class Explained:
    """The lines, and what the names of derivatives in them stand for."""

    steps: tuple[Step, ...] = ()
    derivatives: dict[str, Derivative] = field(default_factory=dict)


def explain(
    target: Expression,
    body: Expression,
    by: Expression,
    goal: Expression,
    ids: Iterator[str],
    *,
    value: Expression | None = None,
    taken: set[str] | None = None,
    functions: Mapping[str, Definition] | None = None,
) -> Explained:
    """The lines from `target`, the name of ∂body/∂by, to `goal`.

    `value` is the element whose formula the body is. Where the body is but one term of what makes an element, there is
    none, and the term gets a name. `taken` holds the names that may not be given, and grows by those that are. A body
    of which no rule of one variable speaks has no lines.
    """
    taken = set() if taken is None else taken
    taken |= {name for written_ in (target, body, by, goal, value) if written_ for name in names(written_)}
    plain = expanded(body, functions or {})
    plain = body if plain is body else written(term(plain))
    if any(isinstance(part, e.Reduce) and by in walked(part) for part in walked(plain)):
        return Explained()
    lesson = _Lesson(target, by, value, ids, taken, {})
    lesson.line("definition", body, plain)
    if value is None:
        lesson.about_a_term(term(plain))
    lesson.teach(term(plain), goal)
    return Explained(tuple(lesson.steps), lesson.derivatives)


class _Lesson:
    """One derivation. `known` has what the name of a derivative came to, `parts` what the name of a part stands for,
    `opened` the functions for which their formulas were put in."""

    def __init__(
        self,
        target: Expression,
        by: Expression,
        value: Expression | None,
        ids: Iterator[str],
        taken: set[str],
        derivatives: dict[str, Derivative],
    ) -> None:
        self.target, self.by, self.variable, self.value = target, by, leaf(by), value
        self.ids, self.taken, self.derivatives = ids, taken, derivatives
        subscripts = target.subscripts if isinstance(target, e.Subscript) else ()
        self.indices = [part.name for part in subscripts if isinstance(part, e.Name)]
        self.steps: list[Step] = []
        self.parts: dict[Scalar, Scalar] = {}
        self.known: dict[Scalar, Scalar] = {}
        self.opened: dict[Expression, Expression] = {}

    # -- lines

    def line(
        self,
        rule: str,
        before: Expression,
        after: Expression,
        children: tuple[Step, ...] = (),
    ) -> None:
        """A line, unless it would say nothing. The value's own equation is looked into where the value is written."""
        if before is after:
            return
        rule = kind(rule, before, after)
        row = RULES[rule]
        conditions = (row.condition,) if rule in AT_KINKS else ()
        opens: tuple[str, ...] = ()
        if self.value and any(self.value in walked(side) for side in (before, after)):
            opens = (_split(self.value)[0],)
        self.steps.append(
            Step(
                next(self.ids),
                rule,
                row.title,
                before,
                after,
                row.why,
                "scalar",
                conditions=conditions,
                children=children,
                opens=opens,
            )
        )

    def about_a_term(self, formula: Scalar) -> None:
        """Give the formula a name, and let the lesson be about that."""
        name = self.introduced(formula)
        self.parts.clear()
        self.value = written(name)
        self.target = self.moved(self.value)

    def teach(self, formula: Scalar, goal: Expression) -> None:
        """Everything from the target to the goal."""
        reached = self.whole(self.target, self.value, formula)
        self.finish(reached, written(formula), goal)

    def whole(self, target: Expression, value: Expression | None, formula: Scalar) -> Scalar:
        """The lines for the derivative of one formula, and what it comes to."""
        if isinstance(formula, Apply) and formula.operation in NAMED and depends(formula, self.variable):
            return self.named(target, value, formula)
        found = at_once(formula, self.variable)
        rule, result = found or by_rule(formula, self.variable, self.part)  # type: ignore[arg-type]
        self.line(rule, target, written(result))
        return self.put_in(result)

    def put_in(self, result: Scalar) -> Scalar:
        """The names of derivatives replaced by what they came to, and those of parts, unless long ones would recur."""
        sums = {name: formula for name, formula in self.parts.items() if _is_sum(formula)}
        named = {formula: name for name, formula in sums.items()}
        full = replace(result, {name: replace(reached, named) for name, reached in self.known.items()})
        full = self.in_full(full, {name: part for name, part in self.parts.items() if name not in sums})
        if all(_uses(full, name) <= 1 for name in sums):
            full = self.in_full(full, sums)
        full = rewrite(full, joined)
        self.line("put in", written(result), written(full))
        return full

    def part(self, formula: Scalar) -> tuple[Scalar, Scalar]:
        """A part as it stands in a rule, and its derivative: a straight line as it is, anything else by a name."""
        line = rate(formula, self.variable)
        if line is not None:
            return formula, line
        for name, known in self.parts.items():
            if known is formula:
                return name, leaf(self.moved(written(name)))
        name = self.introduced(formula)
        moved = self.moved(written(name))
        self.known[leaf(moved)] = self.whole(moved, written(name), formula)
        return name, leaf(moved)

    def introduced(self, formula: Scalar) -> Scalar:
        """A name for a part, with the line that says what it stands for."""
        text = written(formula)
        name = leaf(self.indexed(self.fresh(*LETTERS), names(text)))
        self.parts[name] = formula
        self.line("name a part", written(name), text)
        return name

    def named(self, target: Expression, value: Expression | None, formula: Apply) -> Scalar:
        """σ, tanh, softplus: from their formula, if it is what the lesson is about; else by what is known of them."""
        (argument,) = formula.arguments
        inner = rate(argument, self.variable)
        result = replace(slope(formula.operation), {blank(): argument})
        if inner is None:
            return self.chained(target, value, formula)
        if target is self.target:
            stands_for = STAND_FOR[formula.operation](argument)
            self.opened[written(formula)] = written(stands_for)
            self.line("definition", written(formula), written(stands_for))
            return self.whole(target, value, stands_for)
        result = mul(replace(result, {part: name for name, part in self.parts.items()}), inner)
        lesson = self.about(target, self.by, value)
        lesson.teach(formula, written(result))
        self.line(NAMED[formula.operation], target, written(result), tuple(lesson.steps))
        return result

    def chained(self, target: Expression, value: Expression | None, formula: Apply) -> Scalar:
        """σ of something that is no straight line: the inner function gets a name, and the rates multiply."""
        own = value or written(self.introduced(formula))
        inner, moved = self.part(formula.arguments[0])
        outer = self.moved(own, written(inner))
        whole = Apply(formula.operation, (inner,))
        self.line("parts", own, written(whole))
        result = replace(replace(slope(formula.operation), {blank(): inner}), {whole: leaf(own)})
        lesson = self.about(outer, written(inner), own)
        lesson.teach(whole, written(result))
        self.line(NAMED[formula.operation], outer, written(result), tuple(lesson.steps))
        self.known[leaf(outer)] = result
        self.line("chain rule", target, written(mul(leaf(outer), moved)))
        return self.put_in(mul(leaf(outer), moved))

    def about(self, target: Expression, by: Expression, value: Expression | None) -> _Lesson:
        """A lesson within this one."""
        return _Lesson(target, by, value, self.ids, self.taken, self.derivatives)

    # -- the end

    def finish(self, reached: Scalar, body: Expression, goal: Expression) -> None:
        """From what was reached to the form that is wanted."""
        if term(goal) is reached:
            self.ends("simplify", reached, goal)
            return
        full = self.in_full(reached, self.parts)
        wanted = substituted(goal, {self.value: body}) if self.value else goal
        unfolded = self.unfolded(wanted, reached)
        if term(wanted) is full:
            self.ends("put in", reached, wanted)
        elif unfolded is not wanted:
            self.ends("simplify", reached, unfolded)
            self.line("definition", unfolded, wanted)
        elif wanted is not goal and any(isinstance(part, e.Compare) for part in walked(goal)):
            self.line("named value", written(reached), goal)
            return
        else:
            if full is not reached:
                self.line("put in", written(reached), written(full))
            self.ends("simplify", full, wanted)
        self.line("named value", wanted, goal)

    def ends(self, rule: str, reached: Scalar, wanted: Expression) -> None:
        """One line more, or the last one in other words."""
        if term(wanted) is reached and self.steps and self.steps[-1].after is written(reached):
            self.steps[-1] = replaced(self.steps[-1], after=wanted)
        else:
            self.line(rule, written(reached), wanted)

    def in_full(self, formula: Scalar, parts: Mapping[Scalar, Scalar]) -> Scalar:
        """With what the names of some parts stand for."""
        for name, part in reversed([*parts.items()]):
            formula = replace(formula, {name: part})
        return formula

    def unfolded(self, wanted: Expression, reached: Scalar) -> Expression:
        """With the formulas that functions stand for, said in the names of parts that are still there."""
        opened = substituted(wanted, self.opened)
        kept = {written(part): written(name) for name, part in self.parts.items() if _uses(reached, name)}
        return substituted(opened, kept)

    # -- names

    def fresh(self, *wishes: str) -> str:
        """A name that nothing else has."""
        for number in count(1):
            for wish in wishes:
                name = wish if number == 1 else f"{wish}{number}"
                if name not in self.taken:
                    self.taken.add(name)
                    return name
        raise AssertionError

    def indexed(self, name: str, used: set[str]) -> Expression:
        """The name at those of the target's indices that are used."""
        at = tuple(e.Name(index) for index in self.indices if index in used)
        return e.Subscript(e.Name(name), at) if at else e.Name(name)

    def moved(self, of: Expression, by: Expression | None = None) -> Expression:
        """The name of ∂of/∂by, made and kept if it is new."""
        by = by or self.by
        used = names(of) | names(by)
        for known in self.derivatives.values():
            if (known.of, known.of_at, known.by, known.by_at) == (*_split(of), *_split(by)):
                return self.indexed(known.name, used)
        name = self.fresh(f"d{_split(of)[0]}_d{_split(by)[0]}")
        title = self.indexed(name, used)
        at = tuple(index for index in self.indices if index in used)
        self.derivatives[name] = Derivative(name, at, *_split(of), *_split(by), edge=True)
        return title


def _split(element: Expression) -> tuple[str, tuple[Expression, ...]]:
    """A tensor's name and the subscripts of its element."""
    if isinstance(element, e.Subscript):
        return _split(element.base)[0], element.subscripts
    assert isinstance(element, e.Name)
    return element.name, ()


def _is_sum(formula: Scalar) -> bool:
    return isinstance(formula, Apply) and formula.operation == "add"


def _uses(formula: Scalar, name: Scalar) -> int:
    """How often a name is written."""
    if formula is name:
        return 1
    return sum(_uses(child, name) for child in formula.children)
