"""Layers that weigh: dense ones, convolutions, and locally connected ones, whose kernels are not shared."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ..language.errors import GraphcError
from .layers import Extents, Layer, Shape, Start, count_of, whole
from .layers_activation import Function, activation

PLACES, TAPS = "pqu", "rsv"


class Weighted(Layer):
    """Weights, a bias unless it is unwanted, and an activation. `start` is a rule of `initial`, as `"he"`."""

    weight = "W"

    def __init__(
        self,
        around: Function | None = None,
        *,
        bias: bool | str = True,
        start: Start | None = None,
        name: str | None = None,
        trainable: bool = True,
    ) -> None:
        super().__init__(name=name, trainable=trainable)
        self.around, self.bias, self.start = activation(around), bias, start

    def definitions(self, x: Extents) -> tuple[str, ...]:
        return self.around.definitions

    @property
    def starts(self) -> Mapping[str, Start]:
        return {**self.around.starts, **({} if self.start is None else {self.weight: self.start})}


class Dense(Weighted):
    """Every unit reads all of the last axis: `activation(x @ W + b)`."""

    def __init__(
        self,
        units: int,
        activation: Function | None = None,
        *,
        bias: bool = True,
        start: Start | None = None,
        name: str | None = None,
        trainable: bool = True,
    ) -> None:
        super().__init__(activation, bias=bias, start=start, name=name, trainable=trainable)
        self.units = count_of(units, "how many units a dense layer has")

    def check(self, x: Extents) -> None:
        if len(x) < 2:
            raise GraphcError("it reads examples with at least one axis, [n, …]")

    def shapes(self, x: Extents) -> dict[str, Shape]:
        bias = {"b": (self.units,)} if self.bias else {}
        return {"W": (whole(x[-1], "its last axis"), self.units)} | bias | self.around.shapes

    def formula(self, x: Extents) -> str:
        return "{y} = " + self.around("{x} @ {W}" + " + {b}" * bool(self.bias))

    def __repr__(self) -> str:
        return f"Dense({self.units})"


class _Windowed(Weighted):
    """Kernels that look at a window of all channels: `x[n, channels, …]`.

    `pad="same"` keeps the size. With `bias="each"` every place of the result has a bias of its own.
    """

    letter, weight = "c", "K"
    axes: int | None = None

    def __init__(
        self,
        filters: int,
        size: int | Sequence[int],
        activation: Function | None = None,
        *,
        stride: int = 1,
        pad: int | str = 0,
        dilation: int = 1,
        bias: bool | str = True,
        start: Start | None = None,
        name: str | None = None,
        trainable: bool = True,
    ) -> None:
        super().__init__(activation, bias=bias, start=start, name=name, trainable=trainable)
        if self.around.rows:
            raise GraphcError(
                f"{self.around.function} is over the last axis, which is a place here",
                "flatten first, and let a dense layer come last",
            )
        self.filters = count_of(filters, "how many filters there are")
        sizes = [size] if isinstance(size, int) else list(size)
        self.size = tuple(count_of(one, "the size of a kernel") for one in sizes)
        self.stride, self.dilation = count_of(stride, "the stride"), count_of(dilation, "the dilation")
        self.pad = self._same() if pad == "same" else count_of(pad, "the padding", least=0)

    def _same(self) -> int:
        reach = {self.dilation * (one - 1) for one in self.size}
        if self.stride != 1 or len(reach) > 1 or next(iter(reach)) % 2:
            raise GraphcError('`pad="same"` is for stride 1 and kernels of one odd size', "say how much: pad=2")
        return next(iter(reach)) // 2

    def check(self, x: Extents) -> None:
        if not 3 <= len(x) <= 5 or self.axes not in (None, len(x) - 2):
            wanted = ", ".join("lhw"[-self.axes :]) if self.axes else "…"
            raise GraphcError(f"it reads [n, channels, {wanted}]", "gc.Reshape((1, …)) makes one channel of a row")
        if len(self.size) not in (1, len(x) - 2):
            raise GraphcError(f"its kernel has {len(self.size)} sizes, and there are {len(x) - 2} axes to look along")
        for have, size in zip(x[2:], self.kernel(x), strict=True):
            if have.value is not None and have.value + 2 * self.pad < self.dilation * (size - 1) + 1:
                raise GraphcError(f"a kernel of {size} does not fit into {have}", "a smaller kernel, or padding")

    def kernel(self, x: Extents) -> Shape:
        return self.size if len(self.size) > 1 else self.size * (len(x) - 2)

    def places(self, x: Extents) -> Shape:
        """How many windows there are along each axis."""
        sizes = zip(x[2:], self.kernel(x), strict=True)
        return tuple(
            (whole(have, "an axis") + 2 * self.pad - self.dilation * (size - 1) - 1) // self.stride + 1
            for have, size in sizes
        )

    def biases(self, x: Extents) -> dict[str, Shape]:
        if not self.bias:
            return {}
        return {"b": (self.filters, *self.places(x))} if self.bias == "each" else {"b": (self.filters,)}

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.filters}, {self.size[0] if len(self.size) == 1 else self.size})"


class _Conv(_Windowed):
    """Every kernel is shared by all places."""

    def shapes(self, x: Extents) -> dict[str, Shape]:
        kernels = {"K": (self.filters, whole(x[1], "its channel axis"), *self.kernel(x))}
        return kernels | self.biases(x) | self.around.shapes

    def formula(self, x: Extents) -> str:
        options = {"stride": (self.stride, 1), "pad": (self.pad, 0), "dilation": (self.dilation, 1)}
        given = "".join(f", {key}={value}" for key, (value, usual) in options.items() if value != usual)
        convolved = f"conv{len(x) - 2}d({{x}}, {{K}}{given})"
        if not self.bias:
            return "{y} = " + self.around(convolved)
        at = ",".join(f"{{{index}}}" for index in "no" + PLACES[: len(x) - 2])
        bias = f"{{b}}[{at.partition(',')[2]}]" if self.bias == "each" else "{b}[{o}]"
        return f"{{y}}[{at}] = " + self.around(f"{convolved}[{at}] + {bias}")


class Conv1D(_Conv):
    """Convolution along one axis, `x[n, channels, l]`."""

    axes = 1


class Conv2D(_Conv):
    """Convolution of images, `x[n, channels, h, w]`."""

    axes = 2


class Conv3D(_Conv):
    """Convolution of volumes, `x[n, channels, l, h, w]`."""

    axes = 3


class LocallyConnected(_Windowed):
    """Windows as a convolution has them, with a kernel and a bias of its own at each place."""

    weight = "W"

    def shapes(self, x: Extents) -> dict[str, Shape]:
        kernels = (self.filters, whole(x[1], "its channel axis"), *self.places(x), *self.kernel(x))
        bias = {"b": (self.filters, *self.places(x))} if self.bias else {}
        return {"W": kernels} | bias | self.around.shapes

    def formula(self, x: Extents) -> str:
        places, taps = PLACES[: len(x) - 2], TAPS[: len(x) - 2]
        reads = [_affine(p, self.stride, r, self.dilation, self.pad) for p, r in zip(places, taps, strict=True)]
        at = ",".join(f"{{{index}}}" for index in "no" + places)
        summed = ",".join(f"{{{index}}}" for index in "c" + taps)
        weight = ",".join(f"{{{index}}}" for index in "oc" + places + taps)
        body = f"sum[{summed}]({{x}}[{{n}},{{c}},{','.join(reads)}]*{{W}}[{weight}])"
        body = f"inside({body})" if self.pad else body
        return f"{{y}}[{at}] = " + self.around(body + f" + {{b}}[{at.partition(',')[2]}]" * bool(self.bias))


def _affine(place: str, stride: int, tap: str, dilation: int, pad: int) -> str:
    parts = [f"{stride}*{{{place}}}" if stride > 1 else f"{{{place}}}"]
    parts.append(f"{dilation}*{{{tap}}}" if dilation > 1 else f"{{{tap}}}")
    return "+".join(parts) + (f"-{pad}" if pad else "")
