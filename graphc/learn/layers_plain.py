"""Layers without weights of their own, and those that only scale: pooling, shape, dropout, norms, embedding."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import prod

from ..language.errors import GraphcError
from .layers import Extents, Layer, Shape, Start, count_of, whole

PLACES, TAPS, SIZES = "pqu", "rsv", "HWD"


class Pool(Layer):
    """Windows without weights over `x[n, channels, …]`, one beside the other unless a stride is given."""

    letter, kind, reduction = "s", "max", "max"

    def __init__(self, size: int, stride: int | None = None, *, name: str | None = None) -> None:
        super().__init__(name=name)
        self.size = count_of(size, "the size of a window")
        self.stride = None if stride is None else count_of(stride, "the stride")

    def check(self, x: Extents) -> None:
        if not 3 <= len(x) <= 5:
            raise GraphcError("it reads [n, channels, …] with one to three axes to look along")
        for have in x[2:]:
            if have.value is not None and have.value < self.size:
                raise GraphcError(f"a window of {self.size} does not fit into {have}")

    def formula(self, x: Extents) -> str:
        stride = "" if self.stride in (None, self.size) else f", stride={self.stride}"
        return f"{{y}} = {self.kind}_pool{len(x) - 2}d({{x}}, {self.size}{stride})"

    def definitions(self, x: Extents) -> tuple[str, ...]:
        """Pooling along one axis or three, which the library does not have."""
        axes = len(x) - 2
        if axes == 2:
            return ()
        places, taps = PLACES[:axes], TAPS[:axes]
        sizes = ",".join("NC" + SIZES[:axes])
        at = ",".join(f"stride*{p}+{r}" for p, r in zip(places, taps, strict=True))
        window = ",".join(f"{r}<size" for r in taps)
        head = f"{self.kind}_pool{axes}d(x[{sizes}], size, stride=size)[{','.join('nc' + places)}]"
        return (f"{head} = {self.reduction}[{window}](x[n,c,{at}])",)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.size})"


class MaxPool(Pool):
    """The largest element of each window."""


class AvgPool(Pool):
    """The mean of each window."""

    kind, reduction = "avg", "mean"


class Flatten(Layer):
    """All axes but the first as one."""

    letter = "f"

    def formula(self, x: Extents) -> str:
        return "{y} = flatten({x})"


class Reshape(Layer):
    """The elements of each example in the same order under another shape."""

    letter = "r"

    def __init__(self, shape: int | Sequence[int], *, name: str | None = None) -> None:
        super().__init__(name=name)
        sizes = [shape] if isinstance(shape, int) else list(shape)
        self.shape = tuple(count_of(one, "a size") for one in sizes)

    def check(self, x: Extents) -> None:
        have = [extent.value for extent in x[1:]]
        known = prod(value for value in have if value is not None)
        if None not in have and known != prod(self.shape):
            raise GraphcError(f"its {known} elements an example cannot become {list(self.shape)}")

    def formula(self, x: Extents) -> str:
        return f"{{y}} = reshape({{x}}, (-1, {', '.join(map(str, self.shape))}))"


class Dropout(Layer):
    """A share of the elements is 0 while training, and the others are that much larger."""

    letter = "d"

    def __init__(self, rate: float, *, name: str | None = None) -> None:
        super().__init__(name=name)
        if isinstance(rate, bool) or not isinstance(rate, int | float) or not 0 <= rate < 1:
            raise GraphcError(f"the rate of a dropout is a number from 0 up to but not including 1, not {rate!r}")
        self.rate = rate

    def formula(self, x: Extents) -> str:
        return f"{{y}} = dropout({{x}}, {self.rate!r})"

    def __repr__(self) -> str:
        return f"Dropout({self.rate})"


class LayerNorm(Layer):
    """Each row to mean 0 and deviation 1, then a gain and a bias that are learned."""

    letter, axis = "norm", -1
    function = "layer_norm"

    def __init__(self, eps: float = 1e-5, *, name: str | None = None, trainable: bool = True) -> None:
        super().__init__(name=name, trainable=trainable)
        if not isinstance(eps, int | float) or eps <= 0:
            raise GraphcError(f"eps is a small number above 0, not {eps!r}")
        self.eps = eps

    def check(self, x: Extents) -> None:
        if len(x) < 2:
            raise GraphcError("it reads examples with at least one axis, [n, …]")

    def shapes(self, x: Extents) -> dict[str, Shape]:
        width = whole(x[self.axis], f"axis {self.axis % len(x)}")
        return {"gain": (width,), "bias": (width,)}

    def formula(self, x: Extents) -> str:
        eps = "" if self.eps == 1e-5 else f", eps={self.eps!r}"
        return f"{{y}} = {self.function}({{x}}, {{gain}}, {{bias}}{eps})"


class BatchNorm(LayerNorm):
    """Each channel to mean 0 and deviation 1 over the batch and all places, then a gain and a bias.

    A model that has learnt predicts with the means and deviations of what it learnt from.
    """

    axis, function = 1, "batch_norm"


class Embedding(Layer):
    """A row of a table for each whole number below `count`."""

    letter, integers = "e", True

    def __init__(
        self, count: int, width: int, *, start: Start | None = None, name: str | None = None, trainable: bool = True
    ) -> None:
        super().__init__(name=name, trainable=trainable)
        self.count, self.width = count_of(count, "how many rows there are"), count_of(width, "the width of a row")
        self._start = start

    def shapes(self, x: Extents) -> dict[str, Shape]:
        return {"E": (self.count, self.width)}

    @property
    def starts(self) -> Mapping[str, Start]:
        return {} if self._start is None else {"E": self._start}

    def formula(self, x: Extents) -> str:
        at = ",".join(f"{{{index}}}" for index in "nijk"[: len(x)])
        return f"{{y}}[{at},{{d}}] = {{E}}[{{x}}[{at}], {{d}}]"

    def __repr__(self) -> str:
        return f"Embedding({self.count}, {self.width})"
