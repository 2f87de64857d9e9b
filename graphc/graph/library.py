"""The functions that every net has, each one formula in the language itself.

Where a name has several lines, the first whose shapes fit is meant. A subgradient is a matter of how a formula is
written: a tie in max goes to the first, so relu'(0) = 0.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from fractions import Fraction
from functools import cache, lru_cache
from itertools import count
from typing import Any

from ..language.expression import Definition
from .node import Leaf
from .scope import Task
from .size import Size
from .value import Value, of_node

FORMULAS = """
sigmoid(z) = sigma(z)
σ(z) = sigma(z)
sqrt(z) = z**(1/2)
relu(z) = max(0, z)
leaky_relu(x, slope=0.01) = where(x > 0, x, slope*x)
elu(x, alpha=1) = where(x > 0, x, alpha*(exp(x) - 1))
gelu(z) = z*(1 + erf(z/sqrt(2)))/2
silu(z) = z*sigma(z)

squared_error(y, t) = (y - t)**2
absolute_error(y, t) = abs(y - t)
hinge(s, t) = max(0, 1 - t*s)
binary_cross_entropy(y, t) = -t*log(y) - (1 - t)*log(1 - y)
binary_cross_entropy_with_logits(z, t) = softplus(z) - t*z
cross_entropy(z[...,K], t[...,K])[...] = -sum[k](t[...,k]*(z[...,k] - logsumexp[k](z[...,k])))
cross_entropy(z[...,K], t[...])[...] = logsumexp[k](z[...,k]) - z[...,t[...]]
categorical_cross_entropy(p[...,K], t[...,K])[...] = -sum[k](t[...,k]*log(p[...,k]))
categorical_cross_entropy(p[...,K], t[...])[...] = -log(p[...,t[...]])
kl_divergence(p[...,K], q[...,K])[...] = sum[k](where(p[...,k] > 0, p[...,k]*(log(p[...,k]) - log(q[...,k])), 0))

softmax(z)[...,i] = exp(z[...,i] - logsumexp[k](z[...,k]))
log_softmax(z)[...,i] = z[...,i] - logsumexp[k](z[...,k])
layer_norm(x, gain, bias, eps=1e-5)[...,i] = (x[...,i] - mean[k](x[...,k]))/sqrt(mean[k]((x[...,k] - mean[k](x[...,k]))**2) + eps)*gain[i] + bias[i]
batch_norm(x[N,C], gain, bias, eps=1e-5)[n,c] = (x[n,c] - mean[n](x[n,c]))/sqrt(mean[n]((x[n,c] - mean[n](x[n,c]))**2) + eps)*gain[c] + bias[c]
batch_norm(x[N,C,L], gain, bias, eps=1e-5)[n,c,i] = (x[n,c,i] - mean[n,i](x[n,c,i]))/sqrt(mean[n,i]((x[n,c,i] - mean[n,i](x[n,c,i]))**2) + eps)*gain[c] + bias[c]
batch_norm(x[N,C,H,W], gain, bias, eps=1e-5)[n,c,i,j] = (x[n,c,i,j] - mean[n,i,j](x[n,c,i,j]))/sqrt(mean[n,i,j]((x[n,c,i,j] - mean[n,i,j](x[n,c,i,j]))**2) + eps)*gain[c] + bias[c]
batch_norm(x[N,C,D,H,W], gain, bias, eps=1e-5)[n,c,h,i,j] = (x[n,c,h,i,j] - mean[n,h,i,j](x[n,c,h,i,j]))/sqrt(mean[n,h,i,j]((x[n,c,h,i,j] - mean[n,h,i,j](x[n,c,h,i,j]))**2) + eps)*gain[c] + bias[c]

conv1d(x[N,C,H], w[O,D,R], stride=1, pad=0, dilation=1)[n,o,p<(H+2*pad-dilation*(R-1)-1)//stride+1] = inside(sum[c,r](x[n,c,stride*p+dilation*r-pad]*w[o,c,r]))
conv2d(x[N,C,H,W], w[O,D,R,S], stride=1, pad=0, dilation=1)[n,o,p<(H+2*pad-dilation*(R-1)-1)//stride+1,q<(W+2*pad-dilation*(S-1)-1)//stride+1] = inside(sum[c,r,s](x[n,c,stride*p+dilation*r-pad,stride*q+dilation*s-pad]*w[o,c,r,s]))
conv3d(x[N,C,G,H,W], w[O,D,Q,R,S], stride=1, pad=0, dilation=1)[n,o,u<(G+2*pad-dilation*(Q-1)-1)//stride+1,v<(H+2*pad-dilation*(R-1)-1)//stride+1,p<(W+2*pad-dilation*(S-1)-1)//stride+1] = inside(sum[c,q,r,s](x[n,c,stride*u+dilation*q-pad,stride*v+dilation*r-pad,stride*p+dilation*s-pad]*w[o,c,q,r,s]))
max_pool2d(x[N,C,H,W], size, stride=size)[n,c,p,q] = max[r<size,s<size](x[n,c,stride*p+r,stride*q+s])
avg_pool2d(x[N,C,H,W], size, stride=size)[n,c,p,q] = mean[r<size,s<size](x[n,c,stride*p+r,stride*q+s])
"""  # noqa: E501


@lru_cache(maxsize=1)
def _lines() -> dict[str, tuple[str, ...]]:
    lines: dict[str, tuple[str, ...]] = {}
    for line in FORMULAS.split("\n"):
        if line:
            name = line.partition("(")[0]
            lines[name] = (*lines.get(name, ()), line)
    return lines


class _Formulas(Mapping[str, tuple[Definition, ...]]):
    """The table, each line parsed when it is first asked for."""

    def __getitem__(self, name: str) -> tuple[Definition, ...]:
        return _parsed(name)

    def __contains__(self, name: object) -> bool:
        return name in _lines()

    def __iter__(self) -> Any:
        return iter(_lines())

    def __len__(self) -> int:
        return len(_lines())


@cache
def _parsed(name: str) -> tuple[Definition, ...]:
    from ..language.parse import parse_statement

    found = [parse_statement(line) for line in _lines()[name]]
    assert all(isinstance(one, Definition) for one in found)
    return tuple(found)  # type: ignore[arg-type]


def formulas() -> Mapping[str, tuple[Definition, ...]]:
    return _Formulas()


class Library:
    """The world of the library's own formulas, and of nodes made in Python: no tensors by name, no free sizes."""

    sizes: Mapping[str, Size] = {}
    ambiguous: frozenset[str] = frozenset()

    def __init__(self) -> None:
        self._masks = count(1)

    def has_tensor(self, name: str) -> bool:
        return False

    def tensor(self, name: str) -> Value | Task:
        raise KeyError(name)

    def definitions(self, name: str) -> tuple[Definition, ...]:
        return ()

    def known(self) -> Iterable[str]:
        return ()

    def mask(self, extents: tuple[Size, ...], rate: Fraction) -> Value:
        return of_node(Leaf("mask", f"mask{next(self._masks)}", extents, (), rate))


WORLD = Library()
