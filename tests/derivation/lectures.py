"""Networks of the lectures that are no built-in model, or a built-in one with a word changed."""

from __future__ import annotations

from graphc.graph.network import Network, read_network
from graphc.language.expression import Source
from graphc.language.parse import parse_net

SOFTMAX = """
input x[m, d]
input t[m, c]{}
param W[d, c]
param b[c]
z = x @ W + b
output p = softmax(z)
loss L = mean(categorical_cross_entropy(p, t))
"""

TANH = """
input x[m, a]
input t[m]
param W[a, c]
param v[c]
a[i,j] = sum[k](x[i,k]*W[k,j])
h[i,j] = tanh(a[i,j])
output y[i] = sum[j](h[i,j]*v[j])
loss L = mean[i]((y[i] - t[i])**2)
"""

LAYER_NORM = """
input x[m, c]
input t[m, c]
param g[c]
param b[c]
param W[c, c]
a = x @ W
output y = layer_norm(a, g, b)
loss L = mean(squared_error(y, t))
"""

CONV = """
input x[m, c, h, w]
input t[m]
param K[o, c, 3, 3]
param v[o]
z[n,o,p,q] = sum[c,r,s](x[n,c,p+r,q+s]*K[o,c,r,s])
f = relu(z)
s[n,o] = mean[p,q](f[n,o,p,q])
output y[n] = sum[o](s[n,o]*v[o])
loss L = mean(squared_error(y, t))
"""

POOL = """
input x[m, 1, 8, 8]
param K[2, 1, 3, 3]
param W[18, 3]
input t[m, 3] : one_hot
z = conv2d(x, K)
f = max_pool2d(relu(z), 2)
output y = softmax(flatten(f) @ W)
loss L = mean(categorical_cross_entropy(y, t))
"""

DEEP = "\n".join(
    [
        "input x[m, 4]",
        "input t[m, 3] : one_hot",
        *(f"param W{k}[4, 4]\nparam b{k}[4]" for k in range(1, 12)),
        "param W12[4, 3]",
        "h1 = tanh(x @ W1 + b1)",
        *(f"h{k} = tanh(h{k - 1} @ W{k} + b{k})" for k in range(2, 12)),
        "output p = softmax(h11 @ W12)",
        "loss L = mean(categorical_cross_entropy(p, t))",
    ]
)

TEXTS = {
    "softmax-one-hot": SOFTMAX.format(" : one_hot"),
    "softmax-any": SOFTMAX.format(""),
    "tanh": TANH,
    "layer-norm": LAYER_NORM,
    "conv": CONV,
    "pool": POOL,
    "deep": DEEP,
}


def read(text: str, name: str = "net") -> Network:
    return read_network(parse_net(Source(f"{name}.net", text)), name)
