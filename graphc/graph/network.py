"""A network: the named tensors of a `.net` file, or of nodes made in Python."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from types import MappingProxyType

from ..language.errors import GraphcError, did_you_mean, shown
from ..language.expression import Expression, NetText, Source, Statement
from ..language.hints import near
from ..language.parse import parse_net, parse_statement, read_source
from ..language.text import statement_text, text
from ..models import names as model_names
from ..models import path as model_path
from .node import Leaf, Map, Node, order
from .rebuild import rebuild


class Written(Mapping[str, str]):
    """The right sides of equations as they were written, each put into text when it is asked for.

    `indexed` are the equations whose left sides name their axes.
    """

    def __init__(self, rights: Mapping[str, Expression], indexed: frozenset[str] = frozenset()) -> None:
        self._rights, self.indexed = rights, indexed

    def __getitem__(self, name: str) -> str:
        return text(self._rights[name])

    def __iter__(self) -> Iterator[str]:
        return iter(self._rights)

    def __len__(self) -> int:
        return len(self._rights)


class Network:
    """`nodes` holds every named tensor in the order of the statements: inputs, params, consts, equations."""

    def __init__(
        self,
        name: str,
        nodes: dict[str, Node],
        outputs: Iterable[Node] = (),
        loss: Node | None = None,
        title: str = "",
        file: str | None = None,
        written: Mapping[str, str] | None = None,
        statements: Iterable[Statement] = (),
    ) -> None:
        self.name, self.title, self.file = name, title, file
        self.nodes, self.outputs, self.loss = nodes, list(outputs), loss
        self.written: Mapping[str, str] = {} if written is None else written
        self.statements = tuple(statements)  # as they were read; none where the net was made in Python

    @classmethod
    def of(
        cls, nodes: Node | Iterable[Node], name: str = "network", names: Mapping[str, Node] = MappingProxyType({})
    ) -> Network:
        """The network that computes some nodes; the last of them that is a scalar is its loss.

        `names` are for tensors that have none of their own, and give the order.
        """
        roots = named_as([nodes] if isinstance(nodes, Node) else list(nodes), names)
        named: dict[str, Node] = {}
        for node in order(roots):
            if node.name is not None and node.kind != "mask" and named.setdefault(node.name, node) is not node:
                raise GraphcError(f"two tensors are called `{node.name}`")
        loss = next((node for node in reversed(roots) if isinstance(node, Map) and not node.rank), None)
        ordered = {title: named[title] for title in names if title in named} | named
        return cls(name, ordered, [node for node in roots if node is not loss], loss)

    def restated(self, statements: Iterable[Statement]) -> Network:
        """The network that other statements make. Those that are not its own are read anew, to have places."""
        own = set(map(id, self.statements))
        read = [one if id(one) in own else parse_statement(statement_text(one)) for one in statements]
        return read_network(NetText(Source(self.file or self.name, ""), tuple(read)), self.name)

    def _leaves(self, kind: str) -> list[Leaf]:
        return [node for node in self.nodes.values() if isinstance(node, Leaf) and node.kind == kind]

    @property
    def inputs(self) -> list[Leaf]:
        return self._leaves("input")

    @property
    def params(self) -> list[Leaf]:
        return self._leaves("param")

    @property
    def consts(self) -> list[Leaf]:
        return self._leaves("const")

    def __getitem__(self, name: str) -> Node:
        try:
            return self.nodes[name]
        except KeyError:
            raise GraphcError(f"{self.name} has no tensor `{name}`", did_you_mean(name, self.nodes)) from None

    def __contains__(self, name: object) -> bool:
        return name in self.nodes

    def __repr__(self) -> str:
        return f"<network {self.name}: {', '.join(self.nodes)}>"


def named_as(roots: list[Node], names: Mapping[str, Node]) -> list[Node]:
    """The same tensors, those without a name called as `names` has them."""
    titles: dict[Node, str] = {}
    for title, node in names.items():
        titles.setdefault(node, title)

    def change(fresh: Map, before: Map) -> Node:
        return fresh if fresh.name else fresh.called(titles.get(before))

    return rebuild(roots, change)


def load(model: str | Path) -> Network:
    """The network of a `.net` file, or a built-in model by its name."""

    built_in = model_path(str(model))
    if built_in is not None:
        source = read_source(built_in)
        return read_network(parse_net(Source(f"{model}.net", source.text)), str(model))
    path = Path(model)
    if not str(model):
        raise GraphcError("no model is named", "`graphc list` names the built-in models")
    if len(str(model)) > 4000:
        raise GraphcError(f"there is no model `{shown(str(model))}`")
    if path.suffix == ".net" or os.path.exists(path) or path.parent != Path("."):
        hint = f"`{path.stem}` is a built-in model" if model_path(path.stem) else None
        try:
            return read_network(parse_net(read_source(path)), path.stem)
        except GraphcError as error:
            if error.line is None and error.hint is None:
                error.hint = hint
            raise
    hint = near(str(model), model_names()) or "`graphc list` names the built-in models"
    raise GraphcError(f"there is no model `{shown(str(model))}`", hint)


def read_network(net: NetText, name: str) -> Network:
    from .statements import Reading

    return Reading(net, name).network()
