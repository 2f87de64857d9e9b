"""The names of one judgement: which are tensors, functions, sizes and indices, and in which order they are defined."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from ..graph.library import formulas
from ..language.errors import GraphcError
from ..language.expression import (
    Call,
    Constant,
    Declaration,
    Definition,
    Equation,
    Expression,
    Name,
)
from ..language.hints import near
from .facts import apart, facts, together
from .givens import Givens, Statement
from .total import mentioned, regroup


class World:
    """What the names in the givens and in the lines that are judged mean."""

    def __init__(self, givens: Givens, lines: Iterable[Expression], context: tuple[Expression, ...] = ()) -> None:
        """`context` are other lines of the same derivation: they say how many axes a name has."""
        self.givens = givens
        self.equations: dict[str, Equation | Constant] = {}
        self.functions: dict[str, Definition] = {}
        self.axes: dict[str, tuple[Expression, ...]] = dict(givens.axes)
        for statement in givens.statements:
            if isinstance(statement, Definition):
                self.functions[statement.name] = statement
            elif isinstance(statement, Declaration):
                self.axes[statement.name] = statement.dims
            else:
                self.equations[statement.name] = statement
        lines = tuple(lines)
        texts = tuple(right(statement) for statement in self.equations.values())
        self._known = frozenset().union(
            self.equations,
            self.axes,
            givens.slopes,
            together(texts).names,
            together(lines).names,
            together(context).names,
            *(facts(function.right).names - _own(function) for function in self.functions.values()),
        )
        self.rights = {name: self.regrouped(text) for name, text in zip(self.equations, texts, strict=True)}
        self.lines = tuple(self.regrouped(line) for line in lines)
        self._facts = (together(tuple(self.rights.values())), together(self.lines), together(context))
        self.sizes = self._sizes()
        shadows = [apart(name) for name in self._facts[1].alone if name in self.sizes and not self.is_defined(name)]
        self.indices = frozenset(name for name in self._facts[1].places if not self._means(name)).union(shadows)
        self.ranks = self._ranks()
        self._needs: dict[str, tuple[str, ...]] = {}

    def regrouped(self, expression: Expression) -> Expression:
        return regroup(expression, self)

    @property
    def has_equations(self) -> bool:
        """Whether derivatives have something to go through."""
        return bool(self.equations)

    def is_known(self, name: str) -> bool:
        return name in self._known and name not in self.functions

    def is_defined(self, name: str) -> bool:
        return name in self.equations or name in self.axes or name in self.functions or name in self.givens.slopes

    def meant(self, name: str) -> str | None:
        """The known name that an unknown one is likely a slip for."""
        known = [*self.equations, *self.axes]
        like = near(name, known) or next((f"did you mean `{k}`?" for k in known if name.startswith(k)), None)
        return like or ("give it an equation" if name[0].isupper() else None)

    def is_tensor(self, name: str) -> bool:
        """Everything that is no index, size or function."""
        return name in self.equations or name in self.axes or name in self.ranks

    def _means(self, name: str) -> bool:
        return self.is_defined(name) or name in self.sizes

    def _sizes(self) -> frozenset[str]:
        """Names in declared axes and in extents; a size may be called as a tensor only outside those."""
        names = {dim.name for dims in self.axes.values() for dim in dims if isinstance(dim, Name)}
        names.update(self.givens.sizes, *(found.extents for found in self._facts))
        for equation in self.equations.values():
            for bound in (equation.indices or ()) if isinstance(equation, Equation) else ():
                if bound.extent is not None:
                    names |= mentioned(bound.extent)
        return frozenset(name for name in names if not self.is_defined(name))

    def _ranks(self) -> dict[str, int]:
        """The number of axes of each name that is written with subscripts or declared."""
        ranks = {name: len(dims) for name, dims in self.axes.items()}
        for name, equation in self.equations.items():
            if isinstance(equation, Constant):
                ranks[name] = 0
            elif equation.indices is not None:
                ranks[name] = len(equation.indices)
        given, own, context = self._facts
        for found in (given, own):
            for name, part in found.ranks:
                rank = len(part.subscripts)
                if name in self.givens.slopes or name in self.equations:
                    continue
                if ranks.setdefault(name, rank) != rank and name not in self.axes:
                    error = GraphcError(f"`{name}` is written with {_count(ranks[name])} and with {_count(rank)}")
                    error.culprit = part  # type: ignore[attr-defined]
                    raise error
        for name, part in context.ranks:
            for base in (name, name[1:] if name.startswith("d") else ""):  # `dw[j]` says that w has an axis
                if base and base not in self.equations and base not in self.givens.slopes and base in self._known:
                    ranks.setdefault(base, len(part.subscripts))
        return ranks

    def order(self, names: Iterable[str]) -> list[str]:
        """The equations that these names need, each after those that it needs itself."""
        done: dict[str, None] = {}
        open_: dict[str, None] = {}
        stack = [(name, False) for name in names]
        while stack:
            name, leaving = stack.pop()
            if leaving:
                done[name] = None
                del open_[name]
            elif name in open_:
                error = GraphcError(f"`{name}` is defined by itself", "a name is defined by names that come before it")
                error.equation = name  # type: ignore[attr-defined]
                raise error
            elif name not in done and name in self.equations:
                open_[name] = None
                stack.append((name, True))
                stack.extend((needed, False) for needed in self.needs(name) if needed not in done)
        return list(done)

    def needs(self, name: str) -> tuple[str, ...]:
        found = self._needs.get(name)
        if found is None:
            found = self._needs[name] = self.used(self.rights[name])
        return found

    def used(self, expression: Expression) -> tuple[str, ...]:
        """The defined tensors that an expression speaks of, through functions and slopes too."""
        found: dict[str, None] = {}
        stack, seen = [expression], set[Expression]()
        while stack:
            part = stack.pop()
            if part in seen:
                continue
            seen.add(part)
            name = part.name if isinstance(part, Name) else part.function if isinstance(part, Call) else ""
            if name in self.equations and isinstance(part, Name):
                found[name] = None
            elif name in self.givens.slopes:
                slope = self.givens.slopes[name]
                stack.extend((Name(slope.of), Name(slope.by)))
            elif name in self.functions:
                stack.append(self.functions[name].right)
                stack.extend(p.default for p in self.functions[name].parameters if p.default is not None)
            stack.extend(part.children)
        return tuple(found)

    def definitions(self, name: str, own: bool = True) -> tuple[Definition, ...]:
        """The formulas of a function: the file's, else the library's."""
        if own and name in self.functions:
            return (self.functions[name],)
        table: Mapping[str, tuple[Definition, ...]] = formulas()
        return table.get(name, ())


def right(statement: Statement) -> Expression:
    return statement.value if isinstance(statement, Constant) else statement.right  # type: ignore[union-attr]


def _own(function: Definition) -> frozenset[str]:
    """The names that mean something else inside a function."""
    names = {parameter.name for parameter in function.parameters}
    names |= {dim.name for p in function.parameters for dim in p.dims or () if isinstance(dim, Name)}
    return frozenset(names)


def _count(rank: int) -> str:
    return "1 subscript" if rank == 1 else f"{rank} subscripts"
