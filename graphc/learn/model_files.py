"""A model in a folder: its text, its weights, the optimiser's state and the history.

The folder is a run as `graphc train` makes them, so that `graphc evaluate` and `graphc predict` read it, and what they
read is a model.
"""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from ..language.errors import GraphcError
from .checkpoint import Files, as_safetensors, from_safetensors, read_files
from .data.names import Names
from .data.standardise import Standard
from .history import History
from .metrics import Answer
from .model_learner import Compiled, Learner
from .objective import L1, L2, Term
from .optimizers import pieces
from .optimizers.optimizer import Optimizer
from .optimizers.pieces import Piece
from .plan import Plan
from .run import ABOUT, HISTORY, MODEL, OPTIMIZER, PROGRESS, SCHEMA, STATISTICS, TABLE, WEIGHTS, network_of
from .saving import versions

COMPILED = "compiled"  # what a run that `graphc train` made does not have
TERMS: dict[str, type[Term]] = {"L1": L1, "L2": L2}


def save(folder: str | Path, text: str, learner: Learner) -> None:
    """Everything that it takes to go on from here, written as one version."""
    step = learner.step
    params = learner.params
    state = {} if step is None else {name: a for name, a in step.state.items() if name not in params}
    progress: dict[str, Any] = {
        "epoch": len(learner.history),
        "steps": 0 if step is None else step.count,
        "lr": None if step is None else step.lr,
        "done": True,
        "stopped": False,
        "callbacks": {},
    }
    Files(Path(folder)).write(
        {
            MODEL: text.encode(),
            ABOUT: _json(_about(learner)),
            PROGRESS: _json(progress),
            WEIGHTS: as_safetensors(params),
            OPTIMIZER: as_safetensors(state),
            STATISTICS: as_safetensors(learner.statistics),
            HISTORY: learner.history.json().encode(),
            TABLE: learner.history.csv().encode(),
        }
    )


def _about(learner: Learner) -> dict[str, Any]:
    """What a run says of itself, and with what it learns."""
    import numpy as np

    name, how = learner.network.name, learner.how
    metrics = None if how is None or how.metrics is None else ",".join(how.metrics)
    return {
        "schema": SCHEMA,
        "name": name,
        "arguments": Plan(name, "arrays", seed=learner.seed, metrics=metrics).json(),
        "seed": learner.seed,
        "dtype": np.dtype(learner.dtype).name,
        "sizes": dict(learner.sizes),
        "classes": {target: list(names) for target, names in learner.classes.items()},
        "columns": learner.names.json(),
        "answers": [dataclasses.asdict(answer) for answer in learner.answers],
        "rows": {},
        "data": "",
        "standard": None if learner.standard is None else _standard_written(learner.standard),
        "versions": versions(),
        COMPILED: None if how is None else _written(how),
    }


def loaded(folder: str | Path) -> tuple[str, Learner]:
    """The text of a saved model, or of a run, and its learner as it was."""
    files = read_files(Path(folder))
    missing = {MODEL, ABOUT, PROGRESS, WEIGHTS, OPTIMIZER, HISTORY} - files.keys()
    if missing:
        raise GraphcError(f"{folder} holds no model: it has no {', '.join(sorted(missing))}")
    text = files[MODEL].decode()
    about, progress = json.loads(files[ABOUT]), json.loads(files[PROGRESS])
    params = from_safetensors(files[WEIGHTS], f"{folder}/{WEIGHTS}")
    if about.get("schema") != SCHEMA:
        raise GraphcError(f"{folder} holds no model that this version of graphc reads")
    how = _how(about, list(params))
    learner = Learner(
        network_of(text, about["name"]),
        about["seed"],
        about.get("dtype", "float32"),
        how,
        params,
        dict(about["sizes"]),
        {target: tuple(names) for target, names in about["classes"].items()},
        _standard_of(about),
        History.read(files[HISTORY].decode()),
        [Answer(**{**one, "classes": tuple(one["classes"])}) for one in about["answers"]],
        from_safetensors(files[STATISTICS], f"{folder}/{STATISTICS}") if STATISTICS in files else {},
        Names.read(about.get("columns")),
    )
    _check(learner, folder)
    if how is not None and progress["lr"] is not None:
        step = learner.begin()
        step.load(params | from_safetensors(files[OPTIMIZER], f"{folder}/{OPTIMIZER}"), progress["steps"])
        step.lr = progress["lr"]
    return text, learner


def _standard_written(standard: Standard) -> list[dict[str, Any]]:
    return [{name: a.tolist() for name, a in part.items()} for part in (standard.means, standard.deviations)]


def _standard_of(about: Mapping[str, Any]) -> Standard | None:
    """What the data are brought to first."""
    if about["standard"] is None:
        return None
    import numpy as np

    means, deviations = ({name: np.array(values) for name, values in part.items()} for part in about["standard"])
    return Standard(means, deviations)


def _check(learner: Learner, folder: str | Path) -> None:
    for leaf in learner.network.params:
        if leaf.name not in learner.params:
            raise GraphcError(f"{folder} has no weights for `{leaf.name}`")


def _how(about: Mapping[str, Any], params: Sequence[str]) -> Compiled | None:
    """What it learns with, as a model saved it or as a run was asked to."""
    if COMPILED in about:
        return None if about[COMPILED] is None else _read(about[COMPILED])
    plan = Plan.read(about["arguments"])
    learning = plan.learning(params)
    return Compiled.of(plan.made_optimizer(), plan.metric_names(), plan.terms(), plan.clipping(), learning)


def _written(how: Compiled) -> dict[str, Any]:
    """As JSON has it: an optimiser is its formulas, pieces and terms their names and numbers."""
    rate = how.optimizer.lr
    return {
        "optimizer": {
            "name": how.optimizer.name,
            "formulas": how.optimizer.formulas,
            "lr": _piece(rate) if isinstance(rate, Piece) else rate,
        },
        "metrics": how.metrics,
        "regularisers": [_piece(term) for term in how.regularisers],
        "clip": None if how.clip is None else _piece(how.clip),
        "trainable": how.trainable,
    }


def _read(known: Mapping[str, Any]) -> Compiled:
    optimizer = known["optimizer"]
    rate = optimizer["lr"]
    return Compiled.of(
        Optimizer(optimizer["formulas"], _made(rate) if isinstance(rate, dict) else rate, optimizer["name"]),
        known["metrics"],
        [_made(term) for term in known["regularisers"]],
        None if known["clip"] is None else _made(known["clip"]),
        known["trainable"],
    )


def _piece(piece: Piece | Term) -> dict[str, Any]:
    return {"kind": type(piece).__name__, **dataclasses.asdict(piece)}


def _made(known: Mapping[str, Any]) -> Any:
    numbers = {key: tuple(value) if isinstance(value, list) else value for key, value in known.items() if key != "kind"}
    kinds = {name: kind for name, kind in vars(pieces).items() if isinstance(kind, type) and issubclass(kind, Piece)}
    kind = {**kinds, **TERMS}.get(known["kind"])
    if kind is None:
        raise GraphcError(f"a saved model learns with `{known['kind']}`, which this version of graphc does not have")
    return kind(**numbers)


def _json(data: Mapping[str, Any]) -> bytes:
    return (json.dumps(data, indent=1, ensure_ascii=False) + "\n").encode()
