"""What is wrong is said where it stands, in the names that the user gave, with a suggestion where one is likely."""

from __future__ import annotations

import pytest

from graphc.graph.network import load
from graphc.language.errors import GraphcError
from tests.graph.nets import FILE, net

# lines / line:column / part of the message / part of the hint
X, XW = "input x[n]", "input x[n, 3]"
IMAGE, KERNEL = "input x[n, 1, 4, 4]", "param w[1, 1, 3, 3]"
CASES: list[tuple[tuple[str, ...], str, str, str]] = [
    # names
    ((X, "y = x + z"), "2:9", "`z` is not defined", ""),
    ((X, "loss y = mean(relx)"), "2:15", "`relx` is not defined", "did you mean `relu`?"),
    ((X, "y = sigmod(x)"), "2:5", "there is no function `sigmod`", "did you mean `sigmoid`?"),
    ((X, "y = ln(x)"), "2:5", "there is no function `ln`", "write log(x)"),
    ((X, "y = pow(x, 2)"), "2:5", "there is no function `pow`", "write x**y"),
    ((X, "y = ReLU(x)"), "2:5", "there is no function `ReLU`", "did you mean `relu`?"),
    ((X, "y = x(3)"), "2:5", "`x` is a tensor, not a function", "x[…]"),
    ((X, "y = relu"), "2:5", "`relu` is a function", "relu(x)"),
    ((X, "x = 4"), "2:1", "`x` is already defined in line 1", ""),
    ((X, "f(z) = z", "param f"), "3:7", "`f` is already defined in line 2", ""),
    ((X, "y = 2*x", "output yy"), "3:8", "`yy` is not defined", "did you mean"),
    ((X, "y[i] = x[j]"), "2:10", "`j` is not defined", ""),
    ((X, "f(z) = q*z"), "2:8", "`q` is not defined", ""),
    ((X, "f(z) = g(z)"), "2:8", "there is no function `g`", ""),
    ((X, "f(z, z) = z"), "2:6", "argument `z` is named twice", ""),
    ((X, "f(z) = z(3)", "y = f(x)"), "2:8", "`z`", ""),
    # cycles
    (("a = b + 1", "b = a*2"), "2:5", "a cycle: a needs b needs a", "unroll"),
    (("a = 2*a",), "1:7", "`a` is defined by itself", ""),
    (("f(z) = f(z)",), "1:8", "`f` calls itself", ""),
    (("f(z, a=f(1)) = z*a",), "1:8", "`f` calls itself", ""),
    ((XW, "f(z, a=q) = z*a"), "2:8", "`q` is not defined", ""),
    ((XW, "y[i,j] = softmax(x[i,j])"), "2:18", "softmax(z) wants at least 1 axis", "softmax(x)[i,j]"),
    ((XW, "y[i] = sum(x[i,j])"), "2:16", "`j` is not defined", "sum[j](…)"),
    (("f(z) = g(z)", "g(z) = 1 + f(z)"), "2:12", "`f` calls itself through `g`", ""),
    # shapes
    ((XW, "param w[4]", "y[i] = sum[j](x[i,j]*w[j])"), "3:24",
     "index j runs over axis 1 of x (3) and axis 0 of w (4)", ""),
    ((X, "input v[m]", "y[i] = x[i]*v[i]"), "3:15", "index i runs over axis 0 of x (n) and axis 0 of v (m)", ""),
    ((XW, "param w[4]", "y = x + w"), "3:7", "the operands of `+` do not fit: x [n, 3] and w [4] differ", ""),
    ((XW, "y = x @ x"), "2:7", "the last axis of x [n, 3] has 3 elements, and the last but one", ""),
    ((X, "param b", "y = x @ b"), "3:7", "`@` multiplies vectors and matrices, and b is a scalar", "`*`"),
    ((XW, "y = reshape(x, (n, 4))"), "2:16", "x [n, 3] has 3*n elements and cannot become [n, 4]", ""),
    ((XW, "y = reshape(x, (-1, -1))"), "2:16", "only one axis can follow", ""),
    ((XW, "y = concat(x, x[0,0])"), "2:15", "differ in more than axis 0", ""),
    ((XW, "y = sum(x, axis=2)"), "2:17", "x [n, 3] has no axis 2", ""),
    ((XW, "y = sum(x, axis=(0, -2))"), "2:17", "an axis is named twice", ""),
    ((X, "y = x + (n, 3)"), "2:7", "a shape is no number", "reshape"),
    ((X, "y = x/(n - n)"), "2:6", "a division by zero", ""),
    ((X, "y = 2*(n - n)**-1"), "2:14", "a division by zero", ""),
    ((X, "y = (n, 3)"), "2:5", "a shape is no tensor", ""),
    ((X, "loss L = x"), "2:6", "the loss L has shape [n], and a loss is one number", "mean(L)"),
    ((X, "loss L = mean(x)", "loss M = sum(x)"), "3:6", "a net has one loss", "line 2"),
    (("input x[0]", "y = max(x)"), "2:9", "the max of no elements: axis 0 of x [0] is empty", ""),
    ((XW, "y[i,j] = x"), "2:10", "the right side has axes of its own, [n, 3], beside y[i,j]", "y = …"),
    ((XW, "y[i] = sum[j](x)"), "2:15", "a reduction over indices has a scalar inside, and `x` has axes", "sum(…)"),
    # subscripts
    ((XW, "y[i] = x[i]"), "2:8", "`x` has 2 axes, and here is 1 subscript", ""),
    (("param b", "y = b[0]"), "2:5", "`b` has no axes", ""),
    ((X, "y[i] = x[i*i]"), "2:10", "`i*i` cannot be a subscript", "2*p+r"),
    ((X, "y[i] = x[i//2]"), "2:10", "`//` is for sizes, and `i` is none", ""),
    ((X, "y[i] = x[i/2]"), "2:10", "`i/2` cannot be a subscript", ""),
    ((X, "input k[n]", "y[i] = x[k[i]]"), "3:10", "`k[i]` cannot be a subscript", "input k[…] : integer"),
    ((X, "input k[n] : integer", "y[i] = x[k[i]*k[i]]"), "3:10", "cannot be a subscript", ""),
    ((X, "y[i,i] = x[i]"), "2:5", "index i is named twice", ""),
    ((X, "y = sum[i,i](x[i])"), "2:11", "index i is named twice", ""),
    ((X, "y = x[...]"), "2:5", "`...` stands for no axes here", ""),
    # ranges
    ((X, "y[i] = x[i] + x[i+1]"), "2:17", "this subscript reaches n, outside axis 0 of x, which has n", "inside(…)"),
    ((X, "y[i] = x[i] + x[i-1]"), "2:17", "this subscript starts at -1, outside axis 0 of x", "inside(…)"),
    (("input x[3]", "y = x[3]"), "2:7", "subscript 3 is outside axis 0 of x, which has 3 elements", ""),
    ((X, "y = x[n]"), "2:7", "outside axis 0 of x", ""),
    ((X, "y = x[-1]"), "2:7", "subscript -1 is negative", "the last one is n - 1"),
    (("input x[5]", "y = x[-2]"), "2:7", "subscript -2 is negative", "the last one is 4"),
    (("input x[3]", "y[p] = sum[r<5](x[p+r])"), "2:19", "index p has no room: axis 0 of x has 3 elements", ""),
    ((X, "y[i] = x[2*i] + x[i]"), "2:10", "this subscript reaches 2*n - 2, outside axis 0 of x", "inside(…)"),
    (("input x[3]", "y[p] = sum[r<4](x[p+r])"), "2:19", "index p has no room: axis 0 of x has 3 elements", ""),
    ((X, "y[p] = sum[r<n+1](x[p+r])"), "2:21", "index p has no room", ""),
    # declarations and marks
    (("param k[3] : integer",), "1:7", "a parameter is learned, and whole numbers cannot be", "input k[…] : integer"),
    ((X, "f(z) = 2*z", "output f"), "3:8", "`f` is a function, and the output is a tensor", "output y = f(…)"),
    # extents
    ((X, "y[i] = 3"), "2:3", "how far index i runs cannot be told", "i<…"),
    ((X, "y = sum[k](x[0])"), "2:9", "how far index k runs cannot be told", "k<…"),
    ((X, "y[i] = sum[j<i](x[j])"), "2:14", "`i` is no size", "where(j <= i"),
    ((X, "y[i<x] = 3"), "2:5", "`x` is no size", ""),
    ((X, "y[i<n/2] = 3"), "2:6", "`n/2` is no size", ""),
    ((X, "y[i<n//-2] = 3"), "2:6", "a size can only be divided by a positive integer", ""),
    ((X, "y[i<-2] = 3"), "2:5", "a size cannot be -2", ""),
    # calls
    ((X, "y = exp(x, x)"), "2:12", "exp(…) takes 1 argument, and here are 2", ""),
    ((X, "y = sum(x, 1)"), "2:12", "sum(…) takes one tensor", "sum(x, axis=1)"),
    ((X, "y = mean(x, axes=0)"), "2:13", "mean(…) has no argument `axes=`", "did you mean `axis`?"),
    ((X, "y = leaky_relu(x, slop=2)"), "2:19", "has no argument `slop`", "did you mean `slope`?"),
    ((X, "y = softmax(x, x)"), "2:16", "softmax(z) takes 1 argument, and here are 2", ""),
    ((X, "y = max_pool2d(x, 2)"), "2:16", "max_pool2d", ""),
    ((XW, "y = conv2d(x, x)"), "2:12", "wants `x` with 4 axes, and x has shape [n, 3]", ""),
    (("input x[n, 3, 8]", "param w[2, 4, 3]", "y = conv1d(x, w)"), "3:15",
     "conv1d: x [n, 3, 8] has 3 channels, and the kernel w [2, 4, 3] is for 4", ""),
    # arguments of the library
    ((IMAGE, "y = max_pool2d(x, 0)"), "2:19", "max_pool2d: `size` is a whole number, 1 or more, and here is 0", ""),
    ((IMAGE, "y = max_pool2d(x, 2, stride=1.5)"), "2:29", "`stride` is a whole number, 1 or more, and here is 1.5", ""),
    ((IMAGE, "y = avg_pool2d(x, 5)"), "2:19", "a window of 5 × 5 is larger than the image x [n, 1, 4, 4]", ""),
    ((IMAGE, "y = max_pool2d(x, (2, 2))"), "2:19", "`size` is a whole number, 1 or more", ""),
    (("input x[n, 1, H, 4]", "y = max_pool2d(x, 5)"), "2:19", "larger than the image x [n, 1, H, 4]", ""),
    ((IMAGE, KERNEL, "y = conv2d(x, w, stride=0)"), "3:25", "conv2d: `stride` is a whole number, 1 or more", ""),
    ((IMAGE, KERNEL, "y = conv2d(x, w, 1, -1)"), "3:21", "conv2d: `pad` is a whole number, 0 or more", ""),
    ((IMAGE, KERNEL, "y = conv2d(x, w, dilation=0)"), "3:27", "conv2d: `dilation` is a whole number, 1 or more", ""),
    ((IMAGE, KERNEL, "y = conv2d(x, w, dilation=2)"), "3:15",
     "the kernel w [1, 1, 3, 3] is larger than the image x [n, 1, 4, 4], dilated by 2", ""),
    ((IMAGE, "param w[1, 1, 7, 3]", "y = conv2d(x, w, pad=1)"), "3:15", "the image x [n, 1, 4, 4], padded by 1", ""),
    ((XW, "param g[4]", "y = layer_norm(x, g, 0)"), "3:19",
     "`gain` has one number for each of the 3 features of x [n, 3], shape [3], and here has shape [4]", ""),
    ((XW, "param g[3]", "y = batch_norm(x, g, bias=0)"), "3:27", "batch_norm: `bias` has one number for each", ""),
    ((XW, "input t[n]", "loss L = mean(cross_entropy(t, x))"), "3:29",
     "cross_entropy: the prediction comes first and the target second", "write cross_entropy(x, t)"),
    ((XW, "input t[n] : integer", "y = categorical_cross_entropy(t, x)"), "3:31", "the prediction comes first", ""),
    ((XW, "input t[n, 4]", "y = cross_entropy(x, t)"), "3:22", "x [n, 3] and t [n, 4] do not fit", ""),
    (("input z", "input t", "y = cross_entropy(z, t)"), "3:19", "wants `z` with at least 1 axis", ""),
    ((XW, "y = transpose(x, axes=(0, 2))"), "2:23", "x [n, 3] has no axis 2", ""),
    ((XW, "y = sum(x, keepdims=3)"), "2:21", "`keepdims` is true or false", ""),
    ((XW, "y = concat(x, x, axis=2)"), "2:23", "x [n, 3] has no axis 2", ""),
    ((XW, "y = flatten(1 + x[0,0])"), "2:13", "is a scalar and has no axis 0", ""),
    ((X, "y = leaky_relu(x, 0.1, slope=0.2)"), "2:24", "is given `slope` twice", ""),
    ((X, "y = f(x, a=1, a=2)", "f(x, a=0) = a*x"), "2:15", "`a` is given twice", ""),
    ((XW, "y = sigmoid((n, 3))"), "2:13", "takes a tensor here, not a shape", ""),
    ((X, "y = where(x > 0, x)"), "2:5", "where(…) takes 3 arguments", ""),
    ((X, "y = dropout(x, 1)"), "2:16", "the rate of a dropout", ""),
    ((X, "y = reshape(x, n, 1)"), "2:19", "reshape(…) takes a tensor and a shape", "(n, 400)"),
    ((X, "f(a, b=2) = a*b", "y = f()"), "3:5", "f(a, b) wants `a`", ""),
    ((X, "f(a) = a", "y = f(x, a=x)"), "3:10", "f(a) is given `a` twice", ""),
    ((X, "f(z)[i] = z[i] + z", "y = f(x)"), "2:16", "the right side of f has axes of its own, [n]", ""),
    ((XW, "f(z[N,N]) = z", "y = f(x)"), "3:7", "size N is 3 and n", ""),
    ((X, "y = sigma(x, axis=(0,))"), "2:14", "sigma(…) has no argument `axis=`", ""),
    ((X, "const k = sqrt(2)"), "2:11", "`sqrt(2)` is not a number that can be written out", ""),
    ((X, f"param w[{', '.join(['2']*65)}]"), "2:7", "a tensor has at most 64 axes", ""),
]  # fmt: skip


@pytest.mark.parametrize(("lines", "place", "message", "hint"), CASES, ids=[case[2][:60] for case in CASES])
def test_an_error_names_its_place_and_its_cause(lines: tuple[str, ...], place: str, message: str, hint: str) -> None:
    with pytest.raises(GraphcError) as caught:
        net(*lines)
    error = caught.value
    assert f"{error.line}:{error.column}" == place
    assert message in error.message
    assert hint in (error.hint or "")
    assert str(error).startswith(f"{FILE}:{place}: ")


def test_an_error_inside_a_function_of_the_library_stands_at_its_call() -> None:
    with pytest.raises(
        GraphcError, match=r"net\.net:3:29: cross_entropy: `t` \[n\] is neither one-hot nor integer"
    ) as caught:
        net("input z[n, k]", "input t[n]", "loss L = 2*cross_entropy(z, t)")
    assert "input t[…] : integer" in str(caught.value)


def test_a_function_that_doubles_itself_again_and_again_is_refused() -> None:
    doubling = [f"f{k}(z) = f{k - 1}(f{k - 1}(z))" for k in range(1, 40)]
    with pytest.raises(GraphcError, match="more than"):
        net("input x[n]", "f0(z) = z*sin(z)", *doubling, "y = f39(x)")


def test_an_unknown_model_is_told_with_the_nearest_name() -> None:
    with pytest.raises(GraphcError, match="did you mean `lenet5`"):
        load("lenet")
    with pytest.raises(GraphcError, match="no model is named"):
        load("")
    with pytest.raises(GraphcError, match=r"there is no model `aaa.*…`"):
        load("a" * 5000)
    with pytest.raises(GraphcError, match="there is no such file"):
        load("nowhere/at_all.net")


def test_an_unknown_tensor_is_told_with_the_nearest_name() -> None:
    with pytest.raises(GraphcError, match="did you mean `hidden`"):
        net("input x[n]", "hidden = 2*x")["hiden"]
