"""For each mistake that has a name an answer that makes it, as students write it; the page of mistakes shows them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

MODELS: Mapping[str, tuple[str, str]] = {
    "neuron": (
        "a logistic neuron, its loss the mean over n examples",
        "input x[n, m]\ninput t[n] : in {0, 1}\nparam w[m]\nparam b\n\n"
        "a[i] = sum[j](x[i,j]*w[j]) + b\ny[i] = sigma(a[i])\n"
        "output y\nloss L = mean[i](-t[i]*log(y[i]) - (1 - t[i])*log(1 - y[i]))\n",
    ),
    "layer": (
        "a dense layer, with the gradient g that comes back to it",
        "input x[n, d]\nparam W[d, k]\nparam b[k]\n\na = x @ W + b\noutput y = relu(a)\n",
    ),
    "slope": ("the slope of a sigmoid, with the gradient g", "input a[n]\noutput y = sigma(a)\n"),
    "line": (
        "a line, its loss the mean of squares",
        "input x[n]\ninput t[n]\nparam w\nparam b\n\ny[i] = w*x[i] + b\noutput y\nloss L = mean[i]((y[i] - t[i])**2)\n",
    ),
    "ridge": (
        "the same with a penalty on w",
        "input x[n]\ninput t[n]\nparam w\nparam b\n\ny[i] = w*x[i] + b\noutput y\n"
        "loss L = mean[i]((y[i] - t[i])**2) + 0.1*w**2\n",
    ),
    "softmax": ("a softmax over the classes of each row", "input z[n, c]\noutput p = softmax(z)\n"),
    "filter": (
        "a filter that slides over a row",
        "input x[n, m]\nparam w[3]\n\ny[i,j] = sum[k](x[i,j+k]*w[k])\noutput y\n",
    ),
    "step": ("a step with momentum", "input v[n]\ninput g[n]\nconst mu = 0.9\n\noutput u = mu*v + g\n"),
}


@dataclass(frozen=True)
class Example:
    """A function of a model, the value that is asked for, and the last line of a body that gets it wrong."""

    code: str
    model: str
    call: str
    returns: str
    body: str
    upstream: str | None = None

    @property
    def program(self) -> str:
        """The whole answer."""
        return "\n".join(["import numpy as np", "", f"def {self.call}:", *(f"    {line}" for line in self.lines), ""])

    @property
    def lines(self) -> list[str]:
        return self.body.split("\n")


NEURON, LAYER = "gradient(x, t, w, b)", "backward(x, W, b, g)"
Y = "y = 1/(1 + np.exp(-np.clip(x @ w + b, -500, 500)))\n"
D = "d = g*(x @ W + b > 0)\n"
F = "y = 1/(1 + np.exp(-np.clip(a, -500, 500)))\n"
S = "e = np.exp(z - z.max(1, keepdims=True))\n"

EXAMPLES = (
    Example("ignored-upstream", "layer", LAYER, "dy/dW", "return x.T @ (x @ W + b > 0)", "g"),
    Example("sign", "neuron", NEURON, "dL/dw", Y + "return x.T @ (t - y)/len(t)"),
    Example("missing-mean", "neuron", NEURON, "dL/dw", Y + "return x.T @ (y - t)"),
    Example("extra-mean", "neuron", NEURON, "dL/dw", Y + "return x.T @ (y - t)/len(t)**2"),
    Example("swapped", "step", "step(v, g, mu)", "u", "return mu*g + v"),
    Example("transpose", "layer", LAYER, "dy/dW", D + "return d.T @ x", "g"),
    Example(
        "flipped-kernel", "filter", "slide(x, w)", "y",
        "m = x.shape[1] - 2\nreturn sum(x[:, k:k + m]*w[2 - k] for k in range(3))",
    ),
    Example(
        "off-by-one", "filter", "slide(x, w)", "y",
        "m = x.shape[1] - 3\nreturn sum(x[:, k:k + m]*w[k] for k in range(3))",
    ),
    Example("wrong-axis", "softmax", "softmax(z)", "p", "e = np.exp(z - z.max(0))\nreturn e/e.sum(0)"),
    Example("missing-sum", "layer", LAYER, "dy/db", D + "return d[-1]", "g"),
    Example("dropped-factor", "layer", LAYER, "dy/dW", "return x.T @ g", "g"),
    Example("missing-term", "ridge", "gradient(x, t, w, b)", "dL/dw", "return 2*np.mean((w*x + b - t)*x)"),
    Example("wrong-point", "slope", "backward(a, g)", "dy/da", "return g*a*(1 - a)", "g"),
    Example("forward-instead", "neuron", NEURON, "dL/da", Y + "return y"),
    Example("constant-factor", "line", "gradient(x, t, w, b)", "dL/dw", "return np.mean((w*x + b - t)*x)"),
    Example("wrong-shape", "layer", LAYER, "dy/db", D + "return d.sum(0, keepdims=True)", "g"),
    Example("wrong-dtype", "layer", "forward(x, W, b)", "y", "return np.maximum(x @ W + b, 0).astype(int)"),
    Example("overflow", "softmax", "softmax(z)", "p", "e = np.exp(z)\nreturn e/e.sum(1, keepdims=True)"),
    Example("non-finite", "slope", "backward(a, g)", "dy/da", F + "return g*y*(1 - y)*a/a", "g"),
    Example("hard-coded", "neuron", NEURON, "dL/dw", Y + "return x.T @ (y - t)/max(len(t), 5)"),
    Example(
        "approximate", "slope", "backward(a, g)", "dy/da",
        "def f(a):\n    return 1/(1 + np.exp(-np.clip(a, -500, 500)))\nreturn g*(f(a + 1e-4) - f(a))/1e-4", "g",
    ),
    Example("missing", "softmax", "softmax(z)", "p", S + "p = e/e.sum(1, keepdims=True)"),
    Example(
        "mutates-input", "softmax", "softmax(z)", "p",
        "z -= z.max(1, keepdims=True)\ne = np.exp(z)\nreturn e/e.sum(1, keepdims=True)",
    ),
    Example("unknown", "neuron", NEURON, "dL/dw", "return np.sin(x).sum(0)"),
)  # fmt: skip
