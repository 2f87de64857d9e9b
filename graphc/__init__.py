"""graphc: the public names. Each comes from its home when it is first used, so that `graphc --help` starts at once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .calculus.canonical import substituted
    from .calculus.grad import grad
    from .compiler.program import Program, compile
    from .graph.network import Network, load
    from .graph.operators import const, input, op, param
    from .judge.equations import Equations
    from .language.errors import GraphcError
    from .learn.augment import Augmentation, Flip, Rotate, Scale, Shift
    from .learn.callbacks import Callback, Checkpoint, EarlyStopping, LearningRate, WriteHistory
    from .learn.data.read import load_data
    from .learn.layers import Layer
    from .learn.layers_activation import Activation, PReLU
    from .learn.layers_plain import AvgPool, BatchNorm, Dropout, Embedding, Flatten, LayerNorm, MaxPool, Reshape
    from .learn.layers_weighted import Conv1D, Conv2D, Conv3D, Dense, LocallyConnected
    from .learn.model import Model, Sequential, load_model
    from .learn.objective import L1, L2
    from .learn.optimizers.optimizer import GD, SGD, Adadelta, Adagrad, Adam, AdamW, Optimizer, RMSProp
    from .learn.optimizers.pieces import ClipNorm, ClipValue, Constant, Cosine, Exponential, StepDecay, Warmup
    from .learn.step import TrainingStep
    from .present.derived.shown import derive
    from .present.table import layer_table

_HOMES = {
    "GraphcError": "language.errors",
    "Network": "graph.network",
    "load": "graph.network",
    "input": "graph.operators",
    "param": "graph.operators",
    "const": "graph.operators",
    "op": "graph.operators",
    "grad": "calculus.grad",
    "substituted": "calculus.canonical",
    "Equations": "judge.equations",
    "derive": "present.derived.shown",
    "layer_table": "present.table",
    "compile": "compiler.program",
    "Program": "compiler.program",
    "GD": "learn.optimizers.optimizer",
    "SGD": "learn.optimizers.optimizer",
    "Adagrad": "learn.optimizers.optimizer",
    "Adadelta": "learn.optimizers.optimizer",
    "RMSProp": "learn.optimizers.optimizer",
    "Adam": "learn.optimizers.optimizer",
    "AdamW": "learn.optimizers.optimizer",
    "Optimizer": "learn.optimizers.optimizer",
    "Constant": "learn.optimizers.pieces",
    "StepDecay": "learn.optimizers.pieces",
    "Exponential": "learn.optimizers.pieces",
    "Cosine": "learn.optimizers.pieces",
    "Warmup": "learn.optimizers.pieces",
    "ClipValue": "learn.optimizers.pieces",
    "ClipNorm": "learn.optimizers.pieces",
    "L1": "learn.objective",
    "L2": "learn.objective",
    "TrainingStep": "learn.step",
    "Augmentation": "learn.augment",
    "Rotate": "learn.augment",
    "Shift": "learn.augment",
    "Scale": "learn.augment",
    "Flip": "learn.augment",
    "Callback": "learn.callbacks",
    "Checkpoint": "learn.callbacks",
    "EarlyStopping": "learn.callbacks",
    "LearningRate": "learn.callbacks",
    "WriteHistory": "learn.callbacks",
    "Dense": "learn.layers_weighted",
    "Conv1D": "learn.layers_weighted",
    "Conv2D": "learn.layers_weighted",
    "Conv3D": "learn.layers_weighted",
    "LocallyConnected": "learn.layers_weighted",
    "MaxPool": "learn.layers_plain",
    "AvgPool": "learn.layers_plain",
    "Flatten": "learn.layers_plain",
    "Reshape": "learn.layers_plain",
    "Dropout": "learn.layers_plain",
    "LayerNorm": "learn.layers_plain",
    "BatchNorm": "learn.layers_plain",
    "Embedding": "learn.layers_plain",
    "Activation": "learn.layers_activation",
    "PReLU": "learn.layers_activation",
    "Layer": "learn.layers",
    "Model": "learn.model",
    "load_data": "learn.data.read",
    "load_model": "learn.model",
    "Sequential": "learn.model",
}

__all__ = [
    "GD",
    "L1",
    "L2",
    "SGD",
    "Activation",
    "Adadelta",
    "Adagrad",
    "Adam",
    "AdamW",
    "Augmentation",
    "AvgPool",
    "BatchNorm",
    "Callback",
    "Checkpoint",
    "ClipNorm",
    "ClipValue",
    "Constant",
    "Conv1D",
    "Conv2D",
    "Conv3D",
    "Cosine",
    "Dense",
    "Dropout",
    "EarlyStopping",
    "Embedding",
    "Equations",
    "Exponential",
    "Flatten",
    "Flip",
    "GraphcError",
    "Layer",
    "LayerNorm",
    "LearningRate",
    "LocallyConnected",
    "MaxPool",
    "Model",
    "Network",
    "Optimizer",
    "PReLU",
    "Program",
    "RMSProp",
    "Reshape",
    "Rotate",
    "Scale",
    "Sequential",
    "Shift",
    "StepDecay",
    "TrainingStep",
    "Warmup",
    "WriteHistory",
    "compile",
    "const",
    "derive",
    "grad",
    "input",
    "layer_table",
    "load",
    "load_data",
    "load_model",
    "op",
    "param",
    "substituted",
]


def __getattr__(name: str) -> Any:
    """A public name from its home, or else a function of the library: `gc.sigma`, `gc.softmax`, `gc.conv2d`."""
    from importlib import import_module

    if name.startswith("_"):
        raise AttributeError(f"module 'graphc' has no attribute {name!r}")
    if name in _HOMES:
        found = getattr(import_module(f".{_HOMES[name]}", __name__), name)
        if _HOMES[name].startswith(("graph.", "learn.model")):
            from .present.notebook import teach

            teach()  # how networks and tensors are drawn is known further up than they are
    else:
        from .graph.operators import library_function

        found = library_function(name)
        if found is None:
            raise AttributeError(f"module 'graphc' has no attribute {name!r}")
    globals()[name] = found
    return found


def __dir__() -> list[str]:
    from .graph.operators import library_names

    return sorted({*__all__, *library_names()})
