"""Models: layers and formulas from inputs to outputs, written as a `.net` text and read back from it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..graph.network import Network, load, read_network
from ..graph.node import Leaf, Node
from ..graph.operators import input as input_leaf
from ..language.errors import GraphcError
from ..language.parse import parse_net
from ..language.source import Source
from .layers import Layer
from .model_text import ModelText, model_text, network_text, text_of

if TYPE_CHECKING:
    import numpy as np

    from ..graph.operators import Shape
    from .augment import Given
    from .callbacks import Callback
    from .data.feed import Feed
    from .history import History
    from .model_learner import Learner, Metrics
    from .model_losses import Wanted
    from .objective import Term
    from .optimizers.optimizer import Optimizer
    from .optimizers.pieces import Piece
    from .plots.plot import Plots
    from .weighting import Weights


class Model(Network):
    """What inputs and outputs have between them: `gc.Model(x, y)`, or lists of them.

    It is the network that its text says, and once it is compiled, its loss too: every figure, derivation and program
    of a network is there. `values` are its parameters' arrays.
    """

    def __init__(self, inputs: Leaf | Sequence[Leaf], outputs: Node | Sequence[Node], name: str = "model") -> None:
        given = [inputs] if isinstance(inputs, Node) else list(inputs)
        for leaf in given:
            if not isinstance(leaf, Leaf) or leaf.kind != "input":
                raise GraphcError(f"{leaf!r} is no input", 'an input is gc.input("x", ("n", 2))')
        self._start(name, model_text(name, given, [outputs] if isinstance(outputs, Node) else list(outputs)))

    def _start(self, name: str, written: ModelText) -> None:
        self._written = written
        self._sizes: dict[str, int] = {}
        self._learner: Learner | None = None
        self._become(written.text, _read(written.text, name))

    def _become(self, text: str, found: Network) -> None:
        """The network of this text."""
        super().__init__(found.name, found.nodes, found.outputs, found.loss, found.title, found.file, found.written)
        self._text = text

    @classmethod
    def from_net(
        cls, given: str | Path | Network, name: str | None = None, *, sizes: Mapping[str, int] | None = None
    ) -> Model:
        """The model of a `.net` file, of a built-in model, or of a network that is there.

        `sizes={"m": 8}` are numbers for what it leaves free and the data do not tell.
        """
        made = cls.__new__(cls)
        if isinstance(given, Network):
            made._start(name or given.name, ModelText(network_text(given)))
        else:
            made._start(name or load(given).name, ModelText(text_of(given)))
        if sizes is not None:
            from .sizes import given_sizes

            made._sizes = given_sizes(made, sizes)
        return made

    def to_net(self) -> str:
        """The model as a `.net` file has it."""
        return self._text

    @property
    def layer_weights(self) -> dict[str, Leaf]:
        """The parameters of its layers by their names here, as the tensors have them that the model was made from."""
        return {name: layer.weights[letter] for name, (layer, letter) in self._written.weights.items()}

    def __repr__(self) -> str:
        return f"<model {self.name}: {', '.join(str(node.name) for node in self.outputs)}>"

    # -- how it shows itself

    def table(self, width: int | None = None) -> str:
        """The layer table: name, formula, shape, parameters and links; totals."""
        from .model_shown import table

        return table(self, width)

    def summary(self) -> None:
        """Print the layer table."""
        print(self.table())

    show = summary

    def count_params(self) -> int:
        """How many numbers its parameters are; `summary` says of which tensor."""
        from .sizes import count_params

        return count_params(self, self._sizes if self._learner is None else self._learner.sizes)

    def derive(self, of: str | None = None, wrt: Sequence[str] | str | None = None) -> Any:
        """The derivation of its loss, or of another tensor, by parameters: what `gc.derive` gives."""
        from .model_shown import derivation

        return derivation(self, of, wrt)

    # -- learning

    def compile(
        self,
        optimizer: Optimizer | str = "sgd",
        loss: Wanted | None = None,
        metrics: Metrics | None = None,
        *,
        loss_weights: Mapping[str, float] | None = None,
        regularisers: Sequence[Term] = (),
        clip: Piece | None = None,
        trainable: Sequence[str] | None = None,
        seed: int = 0,
        dtype: Any = "float32",
    ) -> None:
        """Say what to learn with. The loss may be left out where the text has one; parameters stay as they are."""
        from .model_last_layer import warn_of_misfits
        from .model_learner import Compiled, Learner
        from .model_losses import with_loss

        how = Compiled.of(optimizer, metrics, regularisers, clip, self._learning(trainable))
        base = _read(self._written.text, self.name)
        if loss is not None and base.loss is not None and base.loss not in base.outputs:
            raise GraphcError(f"{self.name} has a loss, `{base.loss.name}`", "compile() without another learns by it")
        text = self._written.text if loss is None else with_loss(self._written.text, base, loss, loss_weights)
        network = _read(text, self.name)
        if network.loss is None:
            raise GraphcError(f"{self.name} has no loss", 'say one: loss="binary_cross_entropy"')
        warn_of_misfits(network)
        before = self._learner
        values = None if before is None else before.values_now
        self._become(text, network)
        self._learner = Learner(
            network, seed, dtype, how, values, dict(self._sizes if before is None else before.sizes)
        )
        self._learner.check()

    def _learning(self, trainable: Sequence[str] | None) -> list[str] | None:
        """The parameters that learn: those named, or those of layers that are not kept as they are."""
        if trainable is not None:
            return list(trainable)
        kept = self.frozen
        return [str(leaf.name) for leaf in self.params if leaf.name not in kept] if kept else None

    @property
    def frozen(self) -> list[str]:
        """The parameters of layers that are kept as they are."""
        return [name for name, (layer, _) in self._written.weights.items() if not layer.trainable]

    @property
    def learner(self) -> Learner:
        """Its parameters, and what was learnt so far."""
        from .model_learner import Learner

        if self._learner is None:
            self._learner = Learner(_read(self._text, self.name), sizes=dict(self._sizes))
        return self._learner

    @property
    def values(self) -> dict[str, np.ndarray]:
        """The parameters' arrays by name. Numbers are put into them: `model.values["W1"][...] = 0`."""
        return self.learner.params

    @property
    def history(self) -> History:
        """All epochs so far."""
        return self.learner.history

    def fit(
        self,
        x: Any,
        t: Any = None,
        *,
        epochs: int = 1,
        batch_size: int = 32,
        validation_split: float = 0.0,
        validation_data: Any = None,
        callbacks: Sequence[Callback] = (),
        class_weight: Weights | Mapping[int, float] | None = None,
        augment: Given = None,
        verbose: bool = True,
    ) -> History:
        """Learn from arrays, several of them in a list, arrays by name, or a data set by its name or its file.

        What comes back are these epochs; a second call goes on from the first. `verbose` shows progress on stderr.
        `augment=[gc.Rotate(15), gc.Flip()]` moves pictures, or points in the plane, whenever they are learnt from.
        """
        from .model_data import feed_of
        from .progress import progress

        if self.loss is None:
            raise GraphcError(
                f"{self.name} is not compiled", 'model.compile(optimizer="adam", loss="mse") gives it a loss'
            )
        learner = self.learner
        data = feed_of(learner, x, t)
        learner.seen(data)
        held_out: Feed | float | None = validation_split or None
        if validation_data is not None:
            pair = validation_data if isinstance(validation_data, list | tuple) else (validation_data,)
            held_out = feed_of(learner, *pair)
        named = class_weight if isinstance(class_weight, str | None) else {str(k): v for k, v in class_weight.items()}
        looking = [*callbacks, progress()] if verbose else list(callbacks)
        return learner.fit(data, held_out, epochs, batch_size, looking, named, augment)

    def evaluate(self, x: Any, t: Any = None) -> dict[str, float]:
        """The loss and the metrics by name. Of a set that goes by its name it is the part held out that counts."""
        from .model_data import looked_at

        learner = self.learner
        if self.loss is None:
            raise GraphcError(f"{self.name} has no loss to evaluate", "model.compile(loss=…) gives it one")
        return learner.evaluate(looked_at(learner, x, t))

    def confusion(self, x: Any, t: Any = None) -> Any:
        """How often which class was taken for which, a row for each right one: an array, by target if several have
        classes. Examples are given as to `evaluate`."""
        from .model_data import looked_at

        found = self.learner.confusion(looked_at(self.learner, x, t))
        if not found:
            raise GraphcError(f"{self.name} tells no classes apart", "its targets are numbers")
        return found if len(found) > 1 else next(iter(found.values()))

    def predict(self, x: Any) -> Any:
        """The output for each example, without dropout: one array, or a list where there are several outputs.

        Of a set that goes by its name it is the part held out that is predicted.
        """
        from .model_data import looked_at

        found = self.learner.predict(looked_at(self.learner, x, targets=False))
        return found[0] if len(found) == 1 else found

    def plot(self, x: Any, t: Any = None) -> Plots:
        """Plots by name of what it has learnt and of what it says of these examples, given as to `evaluate`.

        `model.plot(X, T)["boundary"]` is one of them; `.save("folder")` writes all that apply.
        """
        from .model_data import feed_of
        from .plots.drawing import plots

        return plots(self.learner.scene(feed_of(self.learner, x, t, self.loss is not None)), self.history)

    def save(self, folder: str | Path) -> None:
        """Text, weights, the optimiser's state and the history into a folder, which `gc.load_model` reads."""
        from .model_files import save

        save(folder, self._text, self.learner)


class Sequential(Model):
    """One layer after the other: `gc.Sequential([gc.Dense(4, "relu"), gc.Dense(1, "sigma")], input=(2,))`.

    `input` is the shape of one example, or an input that was declared.
    """

    def __init__(self, layers: Iterable[Layer], input: Shape | Leaf, name: str = "model") -> None:
        self.layers = list(layers)
        if not self.layers:
            raise GraphcError("a model has at least one layer")
        integers = getattr(self.layers[0], "integers", False)
        x: Any = input if isinstance(input, Leaf) else _first(input, integers)
        tensor: Node = x
        for layer in self.layers:
            if not isinstance(layer, Layer):
                raise GraphcError(f"{layer!r} is no layer", "a model of other tensors is gc.Model(inputs, outputs)")
            tensor = layer(tensor)
        super().__init__(x, tensor, name)


def _first(shape: Shape, integers: bool) -> Leaf:
    sizes = list(shape) if isinstance(shape, Sequence) and not isinstance(shape, str) else [shape]
    return input_leaf("x", ("n", *sizes), "integer" if integers else ())


def load_model(folder: str | Path) -> Model:
    """A model that was saved, or what `graphc train` has made, with its weights; it can go on learning."""
    from .model_files import loaded

    text, learner = loaded(folder)
    model = Model.__new__(Model)
    model._start(learner.network.name, ModelText(text))
    model._learner = learner
    return model


def _read(text: str, name: str) -> Network:
    return read_network(parse_net(Source(f"{name}.net", text)), name)
