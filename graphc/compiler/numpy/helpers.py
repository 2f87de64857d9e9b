"""Functions that an emitted module carries where it needs them, as text. They need NumPy alone."""

from __future__ import annotations

HELPERS: dict[str, str] = {
    "_view": '''
def _view(array, shape, start, steps):
    """The view v with v[m] = array[start + Σ m[k]*steps[k]]."""
    strides = [sum(n * stride for n, stride in zip(step, array.strides)) for step in steps]
    corner = array[tuple(slice(first, None) for first in start)]
    return np.lib.stride_tricks.as_strided(corner, shape, strides)
''',
    "_overlap": '''
def _overlap(array, shape, low):
    """The part of an array that lies inside a tensor shifted by low, and which part of the tensor that is."""
    first = [min(max(0, -by), here) for by, here in zip(low, array.shape)]
    last = [max(f, min(here, there - by)) for f, by, here, there in zip(first, low, array.shape, shape)]
    inside = array[tuple(slice(f, to) for f, to in zip(first, last))]
    return inside, tuple(slice(f + by, to + by) if to > f else slice(0, 0) for f, to, by in zip(first, last, low))
''',
    "_check_range": '''
def _check_range(index, length, name, of, axis):
    """An index that falls outside is an error, not a wrong element."""
    if index.size and (index.min() < 0 or index.max() >= length):
        bad = index.min() if index.min() < 0 else index.max()
        raise IndexError(f"`{name}` gives the index {bad}, but axis {axis} of `{of}` has {length} elements")
''',
    "_erf": '''
def _erf(x, out):
    """The error function, block by block, to the last digits of the type."""
    flags, kinds = ["external_loop", "buffered", "zerosize_ok"], [["readonly"], ["writeonly"]]
    with np.nditer([x, out], flags, kinds, op_dtypes=[out.dtype, out.dtype], buffersize=8192) as blocks:
        for block, result in blocks:
            result[...] = _erf_block(block)


def _erf_block(x):
    """W. J. Cody's rational approximations (1969): of erf(x)/x below 0.46875, of exp(x²)·erfc(x) above."""
    size = np.abs(x)
    small = np.square(np.minimum(size, 0.46875))
    near = x * _ratio(small, _NEAR)
    middle = _ratio(np.clip(size, 0.46875, 4.0), _MIDDLE)
    big = np.maximum(size, 4.0)
    inverse = np.reciprocal(np.square(big))
    far = (0.5641895835477562869 - inverse * _ratio(inverse, _FAR)) / big
    rest = np.exp(-np.square(size)) * np.where(size <= 4.0, middle, far)
    return np.where(size <= 0.46875, near, np.copysign(1 - rest, x))


def _ratio(z, coefficients):
    above, below = coefficients
    top, bottom = above[0], 1.0
    for a, b in zip(above[1:], below):
        top, bottom = top * z + a, bottom * z + b
    return top / bottom


_NEAR = (
    (1.85777706184603153e-1, 3.16112374387056560e0, 1.13864154151050156e2, 3.77485237685302021e2,
     3.20937758913846947e3),
    (2.36012909523441209e1, 2.44024637934444173e2, 1.28261652607737228e3, 2.84423683343917062e3),
)
_MIDDLE = (
    (2.15311535474403846e-8, 5.64188496988670089e-1, 8.88314979438837594e0, 6.61191906371416295e1,
     2.98635138197400131e2, 8.81952221241769090e2, 1.71204761263407058e3, 2.05107837782607147e3, 1.23033935479799725e3),
    (1.57449261107098347e1, 1.17693950891312499e2, 5.37181101862009858e2, 1.62138957456669019e3, 3.29079923573345963e3,
     4.36261909014324716e3, 3.43936767414372164e3, 1.23033935480374942e3),
)
_FAR = (
    (1.63153871373020978e-2, 3.05326634961232344e-1, 3.60344899949804439e-1, 1.25781726111229246e-1,
     1.60837851487422766e-2, 6.58749161529837803e-4),
    (2.56852019228982242e0, 1.87295284992346725e0, 5.27905102951428412e-1, 6.05183413124413191e-2,
     2.33520497626869185e-3),
)
''',
}
