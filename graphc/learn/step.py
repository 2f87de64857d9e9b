"""A training step: one emitted program that computes the loss and its gradient and updates the parameters in place."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any

from ..calculus.differentiate import differentiate
from ..compiler.numpy.module import dims
from ..compiler.program import Program, compile
from ..compiler.stepping import step_source
from ..graph.network import Network
from ..graph.node import Leaf, Map, Node
from ..language.errors import GraphcError, did_you_mean
from .finite import not_finite
from .initialise import initial
from .objective import Term, with_terms
from .optimizers.optimizer import Optimizer, optimizer
from .optimizers.pieces import Piece

if TYPE_CHECKING:
    import numpy as np


def training_source(
    network: Network,
    loss: Node | None = None,
    trainable: Sequence[str] | None = None,
    optimizer: Optimizer | str = "sgd",
    *,
    regularisers: Iterable[Term] = (),
    clip: Piece | None = None,
) -> str:
    """The text of the whole step, as a module that needs NumPy alone."""
    leaves = learners(network, trainable)
    objective = with_terms(network, scalar_loss(network, loss), regularisers, leaves)
    gradients = dict(zip(leaves, differentiate(objective, leaves), strict=True))
    return step_source(_titled(objective), gradients, as_optimizer(optimizer).update(clip), network.inputs)


def learners(network: Network, trainable: Sequence[str] | None) -> list[Leaf]:
    """The parameters that learn: all, or those with the names given."""
    params = {str(leaf.name): leaf for leaf in network.params}
    for name in trainable or ():
        if name not in params:
            raise GraphcError(f"{network.name} has no parameter `{name}`", did_you_mean(name, params))
    found = [leaf for name, leaf in params.items() if trainable is None or name in trainable]
    if not found:
        raise GraphcError(f"no parameter of {network.name} learns", "a `param` line declares one")
    return found


def scalar_loss(network: Network, loss: Node | None) -> Node:
    loss = network.loss if loss is None else loss
    if loss is None:
        raise GraphcError(f"{network.name} has no loss", "mark one: `loss L = mean(squared_error(y, t))`")
    if loss.rank:
        raise GraphcError(f"the loss `{loss.name or 'L'}` is a tensor of {loss.rank} axes", "its mean is one number")
    return loss


def as_optimizer(given: Optimizer | str) -> Optimizer:
    return optimizer(given) if isinstance(given, str) else given


def _titled(loss: Node) -> Node:
    """A loss that terms were added to is called the objective."""
    return loss.called("objective") if isinstance(loss, Map) and loss.name is None else loss


class TrainingStep:
    """`step(x=…, t=…)` takes a batch, updates the parameters and returns the loss.

    `source` is the program, `params` and `state` are its arrays, which it owns and changes in place; `lr` may be set
    between calls, and `count` is how many steps were taken. Without `values` the parameters start from `initial` ones,
    with `sizes` for what the network leaves free.
    """

    def __init__(
        self,
        network: Network,
        loss: Node | None = None,
        trainable: Sequence[str] | None = None,
        optimizer: Optimizer | str = "sgd",
        *,
        regularisers: Iterable[Term] = (),
        clip: Piece | None = None,
        seed: int = 0,
        dtype: Any = "float32",
        values: Mapping[str, Any] | None = None,
        sizes: Mapping[str, int] | None = None,
    ) -> None:
        import numpy as np

        _check(seed, dtype)
        self.network, self.optimizer = network, as_optimizer(optimizer)
        self.loss, self.lr, self.count = scalar_loss(network, loss), float(self.optimizer.rate), 0
        self._learners = learners(network, trainable)
        regularisers = list(regularisers)
        self.objective = with_terms(network, self.loss, regularisers, self._learners)
        self.source = training_source(
            network, self.loss, trainable, self.optimizer, regularisers=regularisers, clip=clip
        )
        namespace = loaded(self.source)
        self.inputs: tuple[str, ...] = namespace["INPUTS"]
        self.values = _values(network, initial(network, seed, sizes=sizes) if values is None else values)
        self._arrays, self._parts = namespace["begin"](self.values, np.dtype(dtype)), namespace["parts"]
        self._run = namespace["stepper"](self._arrays, seed)
        self.params = self._views("p") | dict(zip(namespace["FROZEN"], self._arrays["frozen"], strict=True))
        for name in self.values:
            self.params.setdefault(name, np.asarray(self.values[name], dtype))

    def __call__(self, /, **batch: Any) -> float:
        """One step: the loss before it."""
        count = self.count + 1
        try:
            loss: float = self._run(*[batch[name] for name in self.inputs], self.lr, count)
        except KeyError:
            self._complain(batch)
        except (ValueError, TypeError, IndexError) as error:
            raise GraphcError(str(error)) from error
        if not math.isfinite(loss):
            raise not_finite(self.objective, {**self.params, **batch}, loss, count)
        self.count = count
        return loss

    def __repr__(self) -> str:
        return f"<training step of {self.network.name} with {self.optimizer!r}, after {self.count} steps>"

    def _complain(self, batch: Mapping[str, Any]) -> None:
        missing = [name for name in self.inputs if name not in batch]
        if not missing:
            raise
        hint = did_you_mean(missing[0], batch) or f"the step takes {', '.join(self.inputs)}"
        raise GraphcError(f"no array is given for {', '.join(f'`{name}`' for name in missing)}", hint)

    # -- what it owns

    def _views(self, vector: str) -> dict[str, np.ndarray]:
        """Each learning parameter's part of a vector, in its own shape."""
        views = self._parts(self._arrays[vector], self._arrays["shapes"])
        return {str(leaf.name): view for leaf, view in zip(self._learners, views, strict=True)}

    @property
    def state(self) -> dict[str, np.ndarray]:
        """All arrays by name: the parameters, and the optimiser's as `m.W1`. They change as the step is called."""
        found = dict(self.params)
        for state in self.optimizer.states:
            found |= {f"{state}.{name}": view for name, view in self._views(state).items()}
        return found

    @property
    def gradient(self) -> dict[str, np.ndarray]:
        """The derivatives by the parameters at the last step, before clipping."""
        return self._views("gradient")

    def load(self, state: Mapping[str, Any], count: int) -> None:
        """Go on from arrays that `state` once gave, after so many steps."""
        import numpy as np

        own = self.state
        for name, array in own.items():
            if name not in state:
                raise GraphcError(f"the state lacks `{name}`", did_you_mean(name, state))
            if np.shape(state[name]) != array.shape:
                raise GraphcError(f"`{name}` should have shape {array.shape}, but has {np.shape(state[name])}")
        for name, array in own.items():
            array[...] = state[name]
        self.count = count

    # -- what it computes besides

    @cached_property
    def _outputs(self) -> Program:
        if not self.network.outputs:
            raise GraphcError(f"{self.network.name} has no output", "mark one: `output y = …`")
        return compile(self.network.outputs, arguments=[*self.network.inputs, *self.network.params])

    @cached_property
    def _loss(self) -> Program:
        return compile(self.loss, arguments=[*self.network.inputs, *self.network.params])

    def predict(self, /, **batch: Any) -> Any:
        """The outputs for a batch, without dropout: one array, or a list where there are several outputs."""
        found = self._outputs(**{**self.params, **batch})
        return found[0] if len(found) == 1 else found

    def evaluate(self, /, **batch: Any) -> float:
        """The loss of a batch, without dropout and without the terms that were added to it."""
        return float(self._loss(**{**self.params, **batch}))


def _check(seed: int, dtype: Any) -> None:
    import numpy as np

    if not isinstance(seed, int) or not 0 <= seed < 2**64:
        raise GraphcError(f"a seed is a whole number from 0 up, not {seed!r}")
    if np.dtype(dtype) not in (np.float32, np.float64):
        raise GraphcError(f"a step computes in float32 or float64, not in {np.dtype(dtype)}")


def _values(network: Network, given: Mapping[str, Any]) -> dict[str, np.ndarray]:
    import numpy as np

    found: dict[str, np.ndarray] = {}
    for leaf in network.params:
        name, extents = str(leaf.name), tuple(extent.value for extent in leaf.extents)
        if name not in given:
            raise GraphcError(f"no value is given for `{name}`", did_you_mean(name, given))
        shape = np.shape(given[name])
        if len(shape) != leaf.rank or any(
            here is not None and here != n for here, n in zip(extents, shape, strict=True)
        ):
            raise GraphcError(f"`{name}` should have shape {dims(leaf)}, but has {shape}")
        found[name] = np.asarray(given[name])
    return found


def loaded(source: str) -> dict[str, Any]:
    """The names of an emitted module; its lines show in tracebacks."""
    import builtins
    import linecache

    file = f"<graphc training step {len(linecache.cache)}>"
    linecache.cache[file] = (len(source), None, source.splitlines(True), file)
    namespace: dict[str, Any] = {"__name__": "graphc_training_step"}
    exec(builtins.compile(source, file, "exec"), namespace)
    return namespace
