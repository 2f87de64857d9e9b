"""How long derivations take: as whole processes, as people wait for them, and in proportion to depth.

The peer of a derivation is SymPy on the same net written out in scalars, differentiated and simplified as a student
with a computer algebra system would: it knows neither names nor sums, so its work grows with the sizes of the net.
"""

from __future__ import annotations

import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

from .table import Row, duration
from .timing import wait_for_quiet

DEPTHS = (12, 24, 48, 96)
WIDTH, CLASSES = 16, 10
HOMEWORK = """\
given
  a    = theta * x
  yhat = sigma(a)
  L    = -y*log(yhat) - (1 - y)*log(1 - yhat)
where y in {0, 1}
show dL/dtheta
  = dL/dyhat * dyhat/da * da/dtheta
  = (-y/yhat + (1 - y)/(1 - yhat)) * (sigma(a)*(1 - sigma(a))) * x
  = (-y/yhat + (1 - y)/(1 - yhat)) * yhat*(1 - yhat) * x
  = (yhat - y) * x
"""
EXAMPLES, FEATURES = 2, 2  # of the logistic neuron that SymPy gets


def measure(rounds: int) -> list[Row]:
    """Whole processes, then derivations alone after imports, at four depths."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        homework, broken = folder / "right.deriv", folder / "wrong.deriv"
        homework.write_text(HOMEWORK, encoding="utf-8")
        broken.write_text(HOMEWORK.replace("= (yhat - y) * x", "= (y - yhat) * x"), encoding="utf-8")
        nets = {depth: folder / f"mlp{depth}.net" for depth in DEPTHS}
        for depth, file in nets.items():
            file.write_text(mlp(depth), encoding="utf-8")
        return [
            *_processes(rounds, homework, broken, nets[DEPTHS[0]]),
            *_alone(rounds, nets),
        ]


def mlp(depth: int) -> str:
    """Dense layers with relu, softmax and cross-entropy at the end."""
    widths = [WIDTH] * depth + [CLASSES]
    lines = [f"input h0[n, {WIDTH}]", f"input t[n, {CLASSES}] : one_hot"]
    for layer in range(1, depth + 1):
        lines += [f"param W{layer}[{widths[layer - 1]}, {widths[layer]}]", f"param b{layer}[{widths[layer]}]"]
    lines += [f"h{layer} = relu(h{layer - 1} @ W{layer} + b{layer})" for layer in range(1, depth)]
    lines += [f"z = h{depth - 1} @ W{depth} + b{depth}", "output p = softmax(z)", "loss L = mean(cross_entropy(z, t))"]
    return "\n".join(lines) + "\n"


# -- whole processes


def _processes(rounds: int, right: Path, wrong: Path, net: Path) -> list[Row]:
    commands: dict[str, tuple[list[str], str]] = {
        "graphc derive logistic, whole process": (_graphc("derive", "logistic"), "< 1 s"),
        "graphc derive, an MLP of 12 layers, whole process": (_graphc("derive", str(net)), ""),
        "graphc derive lenet5, whole process": (_graphc("derive", "lenet5"), "< 2 s"),
        "graphc derive vgg16, whole process": (_graphc("derive", "vgg16"), "< 10 s"),
        "graphc check, four right lines, whole process": (_graphc("check", str(right)), ""),
        "graphc check, the last line wrong, whole process": (_graphc("check", str(wrong)), ""),
        "graphc compile logistic, whole process": (_graphc("compile", "logistic"), ""),
        SYMPY: ([sys.executable, "-m", __name__, "sympy"], ""),
    }
    seconds: dict[str, list[float]] = {case: [] for case in commands}
    busy: dict[str, list[float]] = {case: [] for case in commands}
    for turn in range(rounds + 1):
        for case, (command, _) in commands.items():
            wait_for_quiet()
            start, worked = time.perf_counter(), _processor_time()
            done = subprocess.run(command, stdout=subprocess.DEVNULL, check=False)
            taken, work = time.perf_counter() - start, _processor_time() - worked
            if done.returncode not in (0, 1):
                raise RuntimeError(f"{case}: exit code {done.returncode}")
            if turn:  # the first fills the disk's cache
                seconds[case].append(taken)
                busy[case].append(work)
    rows = [
        Row(f"{case}; processor {duration(median(busy[case]))}", {"graphc": _cell(seconds[case])}, target=target)
        for case, (_, target) in commands.items()
        if case != SYMPY
    ]
    ours, theirs = seconds["graphc derive logistic, whole process"], seconds[SYMPY]
    ratio = f"{median(ours) / median(theirs):.2f} ({min(ours) / min(theirs):.2f})"
    return [*rows, Row(f"{SYMPY} ({_cell(theirs)})", {"graphc": _cell(ours)}, ratio)]


SYMPY = f"logistic against SymPy on {EXAMPLES} × {FEATURES} scalars"


def _processor_time() -> float:
    """Of all processes that have been waited for: on a busy machine it says more than the clock."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _graphc(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "graphc", *arguments]


def _cell(seconds: list[float]) -> str:
    return f"{duration(median(seconds))} ({duration(min(seconds))})"


def by_sympy() -> None:
    """The gradient of the logistic neuron, each example and each feature a symbol."""
    import sympy

    x = [[sympy.Symbol(f"x{i}{j}", real=True) for j in range(FEATURES)] for i in range(EXAMPLES)]
    t = sympy.symbols(f"t:{EXAMPLES}", real=True)
    w, b = sympy.symbols(f"w:{FEATURES}", real=True), sympy.Symbol("b", real=True)
    loss = 0
    for i in range(EXAMPLES):
        y = 1 / (1 + sympy.exp(-(sum(x[i][j] * w[j] for j in range(FEATURES)) + b)))
        loss -= (t[i] * sympy.log(y) + (1 - t[i]) * sympy.log(1 - y)) / EXAMPLES
    for variable in (*w, b):
        print(sympy.simplify(sympy.diff(loss, variable)))


# -- derivations alone


def _alone(rounds: int, nets: dict[int, Path]) -> list[Row]:
    """Processor time after the imports. One gradient, that of the first weights, passes every layer; its result is as
    long as the net is deep. All gradients together have results whose lengths add up to more than that."""
    cases = {f"derive all parameters of {DEPTHS[0]} layers": (nets[DEPTHS[0]], "all")}
    cases |= {f"derive ∂L/∂W1 through {depth} layers": (net, "W1") for depth, net in nets.items()}
    seconds: dict[str, list[float]] = {case: [] for case in cases}
    for _ in range(rounds):
        for case, (net, wrt) in cases.items():
            wait_for_quiet()
            command = [sys.executable, "-m", __name__, str(net), wrt]
            found = subprocess.run(command, check=True, capture_output=True, text=True)
            seconds[case].append(float(found.stdout))
    rows = [Row(case, {"graphc": _cell(times)}) for case, times in seconds.items()]
    rows[0] = Row(rows[0].case, rows[0].cells, target="< 1 s")
    _, first, *_, last = (median(times) for times in seconds.values())
    cells = {"graphc": f"{duration(last)} / {duration(first)}"}
    growth = Row(
        f"{DEPTHS[-1]} layers against {DEPTHS[0]}",
        cells,
        f"{last / first:.1f}",
        f"≤ {1.2 * DEPTHS[-1] / DEPTHS[0]:.1f}",
    )
    return [*rows, growth]


def report(model: str, wrt: str) -> None:
    """What the fresh process does: everything that a derivation needs is imported by a small one."""
    import graphc as gc
    from graphc.derivation.derive import derive
    from graphc.present.derived.text import render

    small = gc.load("neuron")
    derive(small.outputs[0], small.params, small)
    net = gc.load(model)
    start = time.process_time()
    render(derive(net.loss, net.params if wrt == "all" else [net[wrt]], net))
    print(time.process_time() - start)


if __name__ == "__main__":
    if sys.argv[1] == "sympy":
        by_sympy()
    else:
        report(*sys.argv[1:])
