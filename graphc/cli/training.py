"""`graphc train`: a model learns from data, and what comes of it is a folder."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from shlex import quote
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ..language.errors import GraphcError
from .options import Json, Model
from .output import answer
from .plotting import Drawn, draw, draw_failure

if TYPE_CHECKING:
    from ..graph.network import Network
    from ..learn.plan import Plan
    from ..learn.train import Trained

Data = Annotated[
    str,
    typer.Option("--data", metavar="D", help="A name from `graphc list`, a file or a folder.", show_default=False),
]
Answer = Annotated[
    Path | None,
    typer.Option("-o", metavar="FILE", help="Write the answer to FILE instead of the terminal.", show_default=False),
]
RunOut = Annotated[
    Path | None,
    typer.Option("--out", metavar="RUN", help="The folder of the run.", show_default="runs/MODEL-D"),
]


def option(*names: str, metavar: str, text: str, default: str | bool = False) -> Any:
    return typer.Option(*names, metavar=metavar, help=text, show_default=default)


def train(
    model: Model,
    data: Data,
    sizes: Annotated[
        str | None, option("--sizes", metavar="S", text="Sizes that the model leaves free, as in m=16,h=4.")
    ] = None,
    epochs: Annotated[
        int | None, option("--epochs", metavar="N", text="Times through the data.", default="about 4000 steps")
    ] = None,
    batch_size: Annotated[
        int | None, option("--batch-size", metavar="B", text="Examples in a step.", default="32")
    ] = None,
    optimizer: Annotated[
        str | None,
        option("--optimizer", metavar="NAME", text="gd, sgd, momentum, nesterov, adagrad, adadelta, rmsprop, adam or "
               "adamw; numbers as in momentum:momentum=0.8.", default="adam"),
    ] = None,
    lr: Annotated[
        float | None, option("--lr", metavar="R", text="Learning rate.", default="0.01, or the optimiser's own")
    ] = None,
    schedule: Annotated[
        str | None,
        option("--schedule", metavar="NAME", text="constant, or cosine: down to 0 in the end.", default="constant"),
    ] = None,
    seed: Annotated[int | None, option("--seed", metavar="S", text="Same seed, same bits.", default="0")] = None,
    run: RunOut = None,
    resume: Annotated[bool, typer.Option("--resume", help="Go on with the run that is in RUN.")] = False,
    fresh: Annotated[bool, typer.Option("--fresh", help="Begin anew, in place of the run that is in RUN.")] = False,
    validation: Annotated[
        float | None,
        option("--validation", metavar="F", text="Share of the rows that is held out.",
               default="what the data hold out, else 0.2"),
    ] = None,
    metrics: Annotated[
        str | None,
        option("--metrics", metavar="NAMES", text="accuracy, top_K, dice, mse, mae.", default="by what is learnt"),
    ] = None,
    patience: Annotated[
        int | None,
        option("--patience", metavar="N", text="Stop after N epochs that were not better; the best is kept."),
    ] = None,
    monitor: Annotated[
        str | None, option("--monitor", metavar="NAME", text="What is better then.", default="val_loss")
    ] = None,
    class_weights: Annotated[
        str | None, option("--class-weights", metavar="W", text="balanced, or by class: no=1,yes=5.")
    ] = None,
    augment: Annotated[
        str | None,
        option("--augment", metavar="A", text="Move pictures by chance: rotate=15,shift=0.1,scale=0.1,flip."),
    ] = None,
    standardise: Annotated[
        bool | None, typer.Option("--standardise", help="Inputs to mean 0 and deviation 1.", show_default=False)
    ] = None,
    l1: Annotated[float | None, option("--l1", metavar="R", text="Add R times the sum of |w|.")] = None,
    l2: Annotated[float | None, option("--l2", metavar="R", text="Add R times the sum of w².")] = None,
    clip: Annotated[float | None, option("--clip", metavar="N", text="Gradients no longer than N.")] = None,
    freeze: Annotated[
        str | None, option("--freeze", metavar="NAMES", text="Parameters that stay as they are: W1,b1.")
    ] = None,
    plots: Annotated[
        bool, typer.Option("--plots/--no-plots", help="Draw what has become of it.", show_default="drawn")
    ] = True,
    json: Json = False,
    out: Answer = None,
) -> None:  # fmt: skip
    """A model learns. RUN then holds its weights, its history, plots, and what was run.

    A run that was killed goes on with --resume, to the same bits as one that was not.

    Example: graphc train spiral --data spiral --epochs 300 --out runs/spiral
    """
    given = {
        "model": model, "data": data, "sizes": sizes, "epochs": epochs, "batch_size": batch_size,
        "optimizer": optimizer, "lr": lr, "schedule": schedule, "seed": seed, "validation": validation,
        "metrics": metrics, "patience": patience, "monitor": monitor, "class_weights": class_weights,
        "augment": augment, "standardise": standardise, "l1": l1, "l2": l2, "clip": clip,
        "freeze": freeze,
    }  # fmt: skip
    trained = _train(given, run, resume, fresh, plots)
    drawn = draw(trained) if plots else Drawn()
    answer(lambda: _text(trained, drawn), lambda: _data(trained, drawn), json, out)


def _train(given: dict[str, Any], run: Path | None, resume: bool, fresh: bool, plots: bool) -> Trained:
    from ..learn.checkpoint import exists
    from ..learn.finite import NotFinite
    from ..learn.fit import Diverged
    from ..learn.progress import progress
    from ..learn.train import train as train_model

    text, name, file, frozen = model_text(given["model"])
    given["freeze"] = given["freeze"] or ",".join(frozen) or None
    if resume and run is None:
        raise GraphcError("--resume goes on with a run: which one?", "name its folder with --out RUN")
    if resume and fresh:
        raise GraphcError("--resume goes on with a run, and --fresh begins anew", "choose one of them")
    folder = _folder(name, given["data"]) if run is None else run
    plan = _plan(given, folder, resume)
    callbacks = [progress()] if sys.stderr.isatty() else []
    if resume and not exists(folder):
        sys.stderr.write(f"there is no run in {folder} to go on with: one begins, as the options say\n")
    try:
        return train_model(text, name, plan, folder, file=file, resume=resume, fresh=fresh, callbacks=callbacks)
    except (NotFinite, Diverged) as error:
        error.hint = _advice(error, plan)
        picture = draw_failure(folder, error) if plots else None
        if picture is not None:
            error.hint += f"; what the loss did is in {picture}"
        raise
    except KeyboardInterrupt:
        sys.stderr.write(f"stopped; `--out {folder} --resume` goes on\n")
        raise


def _plan(given: dict[str, Any], folder: Path, resume: bool) -> Plan:
    from ..learn.checkpoint import exists
    from ..learn.plan import Plan
    from ..learn.run import Run

    if resume and exists(folder):
        return Run.open(folder).plan.continued(given)
    return Plan(**{key: value for key, value in given.items() if value is not None})


def _advice(error: GraphcError, plan: Plan) -> str:
    """What to try, as options."""
    from ..learn.finite import HINTS

    if error.hint == HINTS["input"]:
        return error.hint
    tried = [f"--lr {plan.rate / 10:g}"]
    if plan.clip is None:
        tried.append("--clip 1")
    if not plan.standardise:
        tried.append("--standardise where the data are large")
    return f"try {', or '.join(tried)}; or a formula that stays finite, as log_softmax(z) does"


def model_text(model: str) -> tuple[str, str, str, list[str]]:
    """The text of MODEL, its name, the file that messages name, and the parameters that its layers keep."""
    from ..language.parse import read_source
    from ..models import path
    from .loading import load, tell_misfits

    network = load(model)
    tell_misfits(network)
    built_in = path(model)
    if built_in is not None:
        return read_source(built_in).text, model, f"{model}.net", []
    if model.rpartition(":")[0].endswith(".py"):
        _tell_compiled(network, model)
        return _written(network), model.rpartition(":")[2], model, getattr(network, "frozen", [])
    return read_source(Path(model)).text, Path(model).stem, model, []


def _tell_compiled(network: Network, model: str) -> None:
    """What a model was compiled with beside its loss is said, for it is the options that count here."""
    from ..learn.model import Model

    how = network.learner.how if isinstance(network, Model) else None
    if how is not None:
        had = [f"{how.optimizer.name} at {how.optimizer.rate:g}", *(repr(term) for term in how.regularisers)]
        had += [repr(how.clip)] if how.clip is not None else []
        sys.stderr.write(f"{model} was compiled with {', '.join(had)}; here it learns by what the options say\n")


def _written(network: Network) -> str:
    """A network that was made in Python, as a `.net` file has it."""
    from ..learn import model
    from ..learn.model_text import network_text

    return network.to_net() if isinstance(network, model.Model) else network_text(network)


def _folder(model: str, data: str) -> Path:
    """A folder for a run that nobody named: the first that is not there yet."""
    from itertools import count

    stem = "-".join(re.sub(r"[^\w.=-]+", "_", Path(part).name) for part in (model, data.partition(":")[0]))
    names = (Path("runs") / (stem if number == 1 else f"{stem}-{number}") for number in count(1))
    return next(folder for folder in names if not folder.exists())


# -- the answer


def _data(trained: Trained, drawn: Drawn) -> dict[str, Any]:
    return {
        "schema": "graphc/train/1",
        "run": str(trained.folder),
        "epochs": len(trained.history),
        "metrics": dict(trained.metrics),
        "model": trained.plan.model,
        "data": trained.plan.data,
        "seed": trained.plan.seed,
        "rows": trained.about["rows"],
        "resumed": trained.resumed,
        "early": trained.early,
        "plots": drawn.names,
    }


def _text(trained: Trained, drawn: Drawn) -> str:
    plan, rows = trained.plan, trained.about["rows"]
    epochs = counted(len(trained.history), "epoch") + " (stopped early)" * trained.early
    done = " with nothing left to do" if trained.resumed == len(trained.history) else ""
    after = "" if trained.resumed is None else f", taken up after {trained.resumed}{done}"
    rate = trained.history.last["lr"] if len(trained.history) else trained.step.lr
    return "\n".join(
        [
            f"{plan.model} learnt from {counted(rows['learnt'], 'example')} of {plan.data}: {epochs}{after}, "
            f"batches of {plan.batch_size}, {trained.step.optimizer.name} at {rate:g}, seed {plan.seed}",
            "",
            *metric_lines(trained.metrics, rows["validation"]),
            "",
            *drawn.lines(trained.folder),
            f"Next: `graphc evaluate {quote(str(trained.folder))} --data {quote(plan.data)}`",
        ]
    )


def counted(number: int, what: str) -> str:
    """`1 epoch`, `1,438 examples`."""
    return f"{number:,} {what}" + "s" * (number != 1)


def metric_lines(metrics: dict[str, float] | Any, held_out: int) -> list[str]:
    """A line a metric; beside it that of the examples that were held out."""
    from ..learn.history import HELD_OUT

    names = [name for name in metrics if not name.startswith(HELD_OUT)]
    width = max(map(len, names))
    head = [f"  {'':{width}}  {'learnt from':>12}  {f'held out ({held_out:,})':>16}"] if held_out else []
    return head + [
        f"  {name:{width}}  {metrics[name]:>12.4g}"
        + (f"  {metrics[HELD_OUT + name]:>16.4g}" if HELD_OUT + name in metrics else "")
        for name in names
    ]
