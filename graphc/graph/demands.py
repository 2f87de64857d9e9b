"""What the library's functions ask of their arguments, said in the user's names before a formula is read."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from ..language.numerals import numeral
from .arguments import ArgumentError
from .scalar import Read
from .size import Size, never_negative
from .value import Value, constant, exact, shape_text

Given = Mapping[str, Any]


def check(name: str, given: Given) -> None:
    """Refuse arguments that no formula of this function is for; shapes that formulas name are checked already."""
    for demand in DEMANDS.get(name, ()):
        demand(name, given)


def _whole(which: str, least: int, free: bool, name: str, given: Given) -> None:
    """A whole number from `least` up; a free size too where that is no matter."""
    value = given[which]
    extent = constant(value) if isinstance(value, Value) else None
    if extent is not None and extent.value is None and free:
        return
    if extent is None or extent.value is None or extent.value < least:
        number = exact(value.body) if isinstance(value, Value) and not value.rank else None
        told = f", and here is {numeral(number) or number}" if number is not None else ""
        raise ArgumentError(which, f"{name}: `{which}` is a whole number, {least} or more{told}")


def _kernel(name: str, given: Given) -> None:
    x, w = given["x"], given["w"]
    if x.extents[1] is not w.extents[1]:
        message = f"{name}: {_shown(x)} has {x.extents[1]} channels, and the kernel {_shown(w)} is for {w.extents[1]}"
        raise ArgumentError("w", message, f"a kernel is [outputs, channels, {', '.join('rst'[: w.rank - 2])}]")
    pad, dilation = _size(given["pad"]), _size(given["dilation"])
    for extent, taps in zip(x.extents[2:], w.extents[2:], strict=True):
        if _no_room(extent + pad * 2 - dilation * (taps - 1) - 1):
            how = [f"padded by {pad}"] * (pad.value != 0) + [f"dilated by {dilation}"] * (dilation.value != 1)
            told = f", {' and '.join(how)}" if how else ""
            raise ArgumentError("w", f"{name}: the kernel {_shown(w)} is larger than the image {_shown(x)}{told}")


def _window(name: str, given: Given) -> None:
    x, size = given["x"], _size(given["size"])
    if any(_no_room(extent - size) for extent in x.extents[2:]):
        raise ArgumentError("size", f"{name}: a window of {size} × {size} is larger than the image {_shown(x)}")


def _one_each(axis: int, name: str, given: Given) -> None:
    """A gain and a bias for each feature."""
    x = given["x"]
    for which in ("gain", "bias"):
        value = given[which]
        if not isinstance(value, Value) or value.extents != (x.extents[axis],):
            shape = f", and here has shape {shape_text(value.extents)}" if isinstance(value, Value) else ""
            message = f"{name}: `{which}` has one number for each of the {x.extents[axis]} features of {_shown(x)}"
            raise ArgumentError(which, f"{message}, shape [{x.extents[axis]}]{shape}")


def _classes(first: str, name: str, given: Given) -> None:
    """A target is one-hot, of the shape of the prediction, or integer with an axis less."""
    prediction, target = given[first], given["t"]
    p, t = prediction.called, target.called
    if _integer(prediction) or target.rank == prediction.rank + 1:
        hint = f"write {name}({t}, {p})" if prediction.name and target.name else None
        raise ArgumentError(0, f"{name}: the prediction comes first and the target second", hint)
    if target.rank == prediction.rank or (target.rank == prediction.rank - 1 and _integer(target)):
        return
    classes = ", ".join(map(str, prediction.extents))
    declared = f"input {target.name or 't'}[…] : integer"
    hint = f"a one-hot target has the shape [{classes}]; class numbers are declared so: {declared}"
    raise ArgumentError("t", f"{name}: `{t}` {shape_text(target.extents)} is neither one-hot nor integer", hint)


def _integer(value: Value) -> bool:
    return isinstance(value.body, Read) and value.body.tensor.integer


def _no_room(room: Size) -> bool:
    """Proved: less than nothing is left, whatever the free sizes are."""
    return never_negative(-room - 1)


def _size(value: Value) -> Size:
    extent = constant(value)
    assert extent is not None  # `_whole` has seen it
    return extent


def _shown(value: Value) -> str:
    return f"{value.name} {shape_text(value.extents)}".strip()


CONVOLUTION: tuple[Callable[[str, Given], None], ...] = (
    partial(_whole, "stride", 1, False),
    partial(_whole, "pad", 0, True),
    partial(_whole, "dilation", 1, True),
    _kernel,
)
POOLING: tuple[Callable[[str, Given], None], ...] = (
    partial(_whole, "size", 1, True),
    partial(_whole, "stride", 1, False),
    _window,
)
DEMANDS: dict[str, tuple[Callable[[str, Given], None], ...]] = {
    **dict.fromkeys(("conv1d", "conv2d", "conv3d"), CONVOLUTION),
    **dict.fromkeys(("max_pool2d", "avg_pool2d"), POOLING),
    "layer_norm": (partial(_one_each, -1),),
    "batch_norm": (partial(_one_each, 1),),
    "cross_entropy": (partial(_classes, "z"),),
    "categorical_cross_entropy": (partial(_classes, "p"),),
}
