"""The library and the language against PyTorch in float64, wherever it is installed."""

from __future__ import annotations

import numpy as np
import pytest
from against import BINARY, CLASSES, DISTRIBUTION, IMAGES, KERNELS, ONE_HOT, RNG, X, Y, check_agreement

torch = pytest.importorskip("torch")
F = torch.nn.functional
torch.set_default_dtype(torch.float64)
E = RNG.normal(size=(7, 3))
POSITIVE = np.abs(X) + 0.1
FAR = np.array([[-1e4, 1e4, -50.0, 50.0], [0.5, -0.5, 30, -30]])
ROW = RNG.normal(size=4)
TOKENS = np.array([[0, 6, 2, 2], [5, 1, 6, 6]])

x, xt = "input x[n,4]\n", "input x[n,4]\ninput t[n,4]\n"
one_hot, integer = "input x[n,4]\ninput t[n,4] : one_hot\n", "input x[n,4]\ninput t[n] : integer\n"

# what it is, the net, the same in PyTorch, the arrays, and what is differentiated by
CASES = [
    ("exp", x + "L = exp(x)", lambda x: x.exp(), {"x": X}, "x"),
    ("log", x + "L = log(x)", lambda x: x.log(), {"x": POSITIVE}, "x"),
    ("sqrt", x + "L = sqrt(x)", lambda x: x.sqrt(), {"x": POSITIVE}, "x"),
    ("abs", x + "L = abs(x)", lambda x: x.abs(), {"x": X}, "x"),
    ("sin", x + "L = sin(x)*cos(x)", lambda x: x.sin() * x.cos(), {"x": X}, "x"),
    ("tanh", x + "L = tanh(x)", lambda x: x.tanh(), {"x": FAR}, "x"),
    ("erf", x + "L = erf(x)", lambda x: x.erf(), {"x": FAR}, "x"),
    ("sigmoid", x + "L = sigmoid(x)", lambda x: x.sigmoid(), {"x": FAR}, "x"),
    ("softplus", x + "L = softplus(x)", F.softplus, {"x": X}, "x"),
    ("relu", x + "L = relu(x)", F.relu, {"x": FAR}, "x"),
    ("leaky relu", x + "L = leaky_relu(x)", F.leaky_relu, {"x": FAR}, "x"),
    ("elu", x + "L = elu(x)", F.elu, {"x": FAR}, "x"),
    ("gelu", x + "L = gelu(x)", F.gelu, {"x": FAR}, "x"),
    ("silu", x + "L = silu(x)", F.silu, {"x": FAR}, "x"),
    ("softmax", x + "L = softmax(x)**2", lambda x: F.softmax(x, -1) ** 2, {"x": X}, "x"),
    ("log softmax", x + "L = log_softmax(x)**2", lambda x: F.log_softmax(x, -1) ** 2, {"x": X}, "x"),
    ("logsumexp", x + "L = logsumexp(x, axis=0)", lambda x: x.logsumexp(0), {"x": 1e4 * X}, "x"),
    ("squared error", xt + "L = squared_error(x, t)", lambda x, t: (x - t) ** 2, {"x": X, "t": Y}, "x t"),
    ("absolute error", xt + "L = absolute_error(x, t)", lambda x, t: (x - t).abs(), {"x": X, "t": Y}, "x t"),
    ("hinge", xt + "L = hinge(x, t)", lambda x, t: F.relu(1 - x * t), {"x": X, "t": np.sign(Y)}, "x"),
    (
        "layer norm",
        x + "param g[4]\nparam b[4]\nL = layer_norm(x, g, b)**2",
        lambda x, g, b: F.layer_norm(x, (4,), g, b) ** 2,
        {"x": X, "g": ROW, "b": ROW - 1},
        "x g b",
    ),
    (
        "batch norm",
        "input x[n,3,8,9]\nparam g[3]\nparam b[3]\nL = batch_norm(x, g, b)**2",
        lambda x, g, b: F.batch_norm(x, None, None, g, b, True) ** 2,
        {"x": IMAGES, "g": ROW[:3], "b": ROW[1:]},
        "x g b",
    ),
    ("embedding", "param E[7,3]\ninput k[2,4] : integer\nL[b,s,d] = E[k[b,s],d]**2", lambda E, k: E[k] ** 2,
     {"E": E, "k": TOKENS}, "E"),
    ("product with zeros", x + "L = prod(x, axis=1)", lambda x: x.prod(1), {"x": X * (np.arange(4) > 0)}, "x"),
    ("max", x + "L = max(x, axis=1)**2", lambda x: x.max(1)[0] ** 2, {"x": X}, "x"),
    ("diagonal", "input x[n,n]\nL[i] = x[i,i]**2", lambda x: x.diagonal() ** 2, {"x": X[:4]}, "x"),
    ("reversed", "input x[n]\nL[i] = x[n-1-i]*x[i]", lambda x: x.flip(0) * x, {"x": X[:, 0]}, "x"),
    ("reshaped", x + "L = reshape(x, (2, n*2))**3", lambda x: x.reshape(2, -1) ** 3, {"x": X}, "x"),
    ("joined", xt + "L = concat(x, x*t, axis=1)**2", lambda x, t: torch.cat([x, x * t], 1) ** 2,
     {"x": X, "t": Y}, "x t"),
    ("triangle", "input x[4]\nL[i,j] = where(j <= i, x[i]*x[j], 0)", lambda x: torch.outer(x, x).tril(),
     {"x": ROW}, "x"),
    ("batched product", "input a[3,n,4]\ninput b[3,4,k]\nL = a @ b", lambda a, b: a @ b,
     {"a": RNG.normal(size=(3, 5, 4)), "b": RNG.normal(size=(3, 4, 2))}, "a b"),
]  # fmt: skip

# losses at ordinary logits, large ones and enormous ones; written by name and by hand
LOSSES = [
    (xt + "L = mean(binary_cross_entropy(sigma(x), t))", F.binary_cross_entropy_with_logits, BINARY),
    (xt + "L = mean(binary_cross_entropy_with_logits(x, t))", F.binary_cross_entropy_with_logits, BINARY),
    (xt + "p = 1/(1 + exp(-x))\nL = mean(-t*log(p) - (1 - t)*log(1 - p))", F.binary_cross_entropy_with_logits, BINARY),
    (one_hot + "L = mean(cross_entropy(x, t))", F.cross_entropy, ONE_HOT),
    (integer + "L = mean(cross_entropy(x, t))", F.cross_entropy, CLASSES),
    (integer + "L = mean(categorical_cross_entropy(softmax(x), t))", F.cross_entropy, CLASSES),
    (xt + "L = mean(categorical_cross_entropy(softmax(x), t))", F.cross_entropy, ONE_HOT),
    (integer + "e = exp(x)\ns[i] = sum[k](e[i,k])\nL = mean[i](-log(e[i,t[i]]/s[i]))", F.cross_entropy, CLASSES),
    (
        xt + "L = mean(kl_divergence(t, softmax(x)))",
        lambda x, t: F.kl_div(F.log_softmax(x, -1), t, reduction="batchmean"),
        DISTRIBUTION,
    ),
]


def oracle(function):
    def answer(arrays, names):
        tensors = {name: torch.tensor(array, requires_grad=name in names) for name, array in arrays.items()}
        value = function(*tensors.values())
        value.sum().backward()
        return [value.detach().numpy(), *(tensors[name].grad.numpy() for name in names)]

    return answer


@pytest.mark.parametrize(("what", "text", "function", "arrays", "wrt"), CASES, ids=[case[0] for case in CASES])
def test_a_function_and_its_gradient(what, text, function, arrays, wrt, tmp_path):
    check_agreement(tmp_path, text, arrays, wrt, oracle(function))


@pytest.mark.parametrize("scale", [1.0, 30.0, 1e4])
@pytest.mark.parametrize(("text", "function", "target"), LOSSES, ids=[case[0][-40:] for case in LOSSES])
def test_a_loss_and_its_gradient_at_any_logits(text, function, target, scale, tmp_path):
    check_agreement(tmp_path, text, {"x": X * scale, "t": target}, "x", oracle(lambda x, t: function(x, t.detach())))


@pytest.mark.parametrize(
    ("stride", "pad", "dilation"), [(1, 0, 1), (2, 0, 1), (1, 1, 1), (3, 2, 1), (1, 2, 2), (2, 3, 2)]
)
@pytest.mark.parametrize("sizes", ["8,9", "H,W"])
def test_convolutions(stride, pad, dilation, sizes, tmp_path):
    options = f"stride={stride}, pad={pad}, dilation={dilation}"
    text = f"input x[n,3,{sizes}]\nparam w[4,3,3,2]\nL = conv2d(x, w, {options})**2"
    check_agreement(
        tmp_path,
        text,
        {"x": IMAGES, "w": KERNELS},
        "x w",
        oracle(lambda x, w: F.conv2d(x, w, stride=stride, padding=pad, dilation=dilation) ** 2),
    )


@pytest.mark.parametrize("pool", ["max", "avg"])
@pytest.mark.parametrize(("size", "stride"), [(2, 2), (3, 1), (3, 2), (2, 3)])
@pytest.mark.parametrize("images", [IMAGES, np.round(IMAGES)], ids=["", "ties"])
def test_pooling(pool, size, stride, images, tmp_path):
    check_agreement(
        tmp_path,
        f"input x[n,3,H,W]\nL = {pool}_pool2d(x, {size}, stride={stride})**2",
        {"x": images},
        "x",
        oracle(lambda x: getattr(F, f"{pool}_pool2d")(x, size, stride) ** 2),
    )
