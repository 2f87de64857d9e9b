"""Train a model into a folder, from the start or from where a run was left."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..graph.network import Network
from ..language.errors import GraphcError
from .answers import answers, check_signed
from .callbacks import Callback, EarlyStopping
from .checkpoint import alone, exists, listed, made
from .data.feed import Feed
from .data.fit_to import fit_to
from .data.read import read
from .data.standardise import Standard
from .evaluation import Evaluation
from .finite import NotFinite
from .fit import Diverged, fit
from .history import HELD_OUT, History
from .model_statistics import Measuring, as_used
from .plan import Plan
from .run import DTYPE, MODEL, PLOTS, Run, network_of
from .saving import EVERY, RunWriter, described
from .sizes import given_sizes
from .step import TrainingStep
from .weighting import class_weights, weight_leaf, weighted_loss, with_weights


@dataclass(frozen=True)
class Trained:
    """`early` tells that it stopped before all epochs, `resumed` after how many it was taken up again, if it was.

    `metrics` are those of the parameters as they are in the end, over all rows. `prepared` is what it began with.
    """

    folder: Path
    plan: Plan
    history: History
    step: TrainingStep
    about: Mapping[str, Any]
    metrics: Mapping[str, float]
    early: bool
    resumed: int | None
    prepared: Prepared


@dataclass
class Prepared:
    """All that a training starts from."""

    step: TrainingStep
    data: Feed
    validation: Feed | None
    evaluation: Evaluation
    statistics: Measuring
    about: dict[str, Any]
    epochs: int
    standard: Standard | None

    def measured(self) -> dict[str, float]:
        """Loss and metrics of what was learnt from, and of what was held out."""
        known = {**self.step.params, **self.statistics(self.step.params)}
        found = self.evaluation(known, self.data)
        if self.validation is not None:
            held_out = self.evaluation(known, self.validation)
            found |= {HELD_OUT + name: value for name, value in held_out.items()}
        return found


def prepare(text: str, name: str, file: str, plan: Plan) -> Prepared:
    network = network_of(text, name, file)
    if network.loss is None:
        raise GraphcError(
            f"{name} has no loss to learn by",
            "write one: `loss L = …`; a model made in Python gets it from compile(loss=…)",
        )
    feed = fit_to(network, read(plan.data), DTYPE, given_sizes(network, plan.given_sizes()))
    _all_known(network, feed)
    check_signed(network, feed)
    standard = Standard.of(feed) if plan.standardise else None
    if standard is not None:
        feed = standard.apply(feed)
    data, validation = plan.parts(feed)
    parts = {"learnt": len(data), "validation": 0 if validation is None else len(validation)}
    found = answers(network, feed)
    about = described(plan, name, feed, found, standard, parts)
    loss = network.loss
    if plan.class_weights is not None:
        weights = plan.weights()
        assert weights is not None
        target, numbers = class_weights(data, weights)
        leaf = weight_leaf(network, target)
        loss = weighted_loss(network, target, leaf)
        data = with_weights(data, target, leaf, numbers)
        validation = None if validation is None else with_weights(validation, target, leaf, numbers)
    learning = plan.learning([str(leaf.name) for leaf in network.params])
    step = TrainingStep(
        network, loss, learning, optimizer=plan.made_optimizer(len(data)), regularisers=plan.terms(),
        clip=plan.clipping(), seed=plan.seed, dtype=DTYPE, sizes=feed.sizes,
    )  # fmt: skip
    used, measuring = as_used(network, step.loss, data, plan.seed)
    evaluation = Evaluation(used, found, plan.metric_names())
    return Prepared(step, data, validation, evaluation, measuring, about, plan.epochs_for(len(data)), standard)


def _all_known(network: Network, feed: Feed) -> None:
    for leaf in network.params:
        free = sorted({name for extent in leaf.extents for name in extent.bind(feed.sizes).names})
        if free:
            raise GraphcError(
                f"the size `{free[0]}` of the parameter `{leaf.name}` is not known",
                f"the data do not tell it: choose one, as in --sizes {free[0]}=16",
            )


def train(
    text: str,
    name: str,
    plan: Plan,
    folder: str | Path,
    *,
    file: str = MODEL,
    resume: bool = False,
    fresh: bool = False,
    callbacks: Sequence[Callback] = (),
    every: float = EVERY,
) -> Trained:
    """Train the model into a folder, go on with what is there, or begin afresh in its place.

    `callbacks` look on; they are not saved. What is there stays until the first version of the new run is whole;
    its plots go at once.
    """
    folder = Path(folder)
    _there(folder, resume, fresh)
    prepared = prepare(text, name, file, plan)
    with _locked(folder):
        there = _there(folder, resume, fresh)
        saved = [] if plan.patience is None else [EarlyStopping(plan.monitor, plan.patience)]
        history, about = None, prepared.about
        if there is None:
            _without_plots(folder)
        else:
            _same(there, text, prepared)
            history = there.restore(prepared.step, saved)
            about = there.about | {"arguments": plan.json()}
        resumed = None if history is None else len(history)
        stopped = there is not None and there.progress["stopped"]
        if history is None or not (stopped or (there and there.progress["done"] and len(history) >= prepared.epochs)):
            history = _fitted(prepared, plan, history, saved, callbacks, RunWriter(folder, text, about, saved, every))
        metrics = prepared.measured()
        early = len(history) < prepared.epochs
        return Trained(folder, plan, history, prepared.step, about, metrics, early, resumed, prepared)


def _there(folder: Path, resume: bool, fresh: bool) -> Run | None:
    """The run to go on with. One that went wrong, or has not begun, may be replaced; any other one is to be asked for.

    What is replaced may be damaged, but a manifest that no run has written is somebody else's file.
    """
    if not exists(folder):
        return None
    if fresh:
        listed(folder)
        return None
    there = Run.open(folder)
    if resume:
        return there
    if there.progress["epoch"] and not there.progress.get("failed"):
        raise GraphcError(
            f"{folder} holds a run already",
            "--resume goes on with it; --fresh begins anew in its place; --out names another folder",
        )
    return None


def _without_plots(folder: Path) -> None:
    """Those of the run that is replaced tell nothing of the new one."""
    for plot in (folder / PLOTS).glob("*.png") if exists(folder) else ():
        plot.unlink(missing_ok=True)


def _fitted(
    prepared: Prepared, plan: Plan, history: History | None, saved: Sequence[Callback], callbacks: Sequence[Callback],
    writer: RunWriter,
) -> History:  # fmt: skip
    try:
        return fit(
            prepared.step,
            prepared.data,
            epochs=prepared.epochs,
            batch_size=plan.batch_size,
            seed=plan.seed,
            validation=prepared.validation,
            callbacks=[*saved, *callbacks, writer],
            metrics=plan.metric_names(),
            history=history,
            augment=plan.augment,
            standard=prepared.standard,
        )
    except (NotFinite, Diverged) as error:
        writer.failed(error)
        raise


def _locked(folder: Path) -> AbstractContextManager[None]:
    made(folder)
    return alone(folder)


def _same(there: Run, text: str, prepared: Prepared) -> None:
    """Model and data are those that the run began with."""
    if there.text != text:
        raise GraphcError(
            f"the model is not the one that {there.folder} began with", f"its text is in {there.folder / MODEL}"
        )
    if there.about["data"] != prepared.about["data"]:
        raise GraphcError(f"the data are not those that {there.folder} began with", "start another run")
