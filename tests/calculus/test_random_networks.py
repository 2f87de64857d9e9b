"""Networks that nobody thought of: any depth, axes of size 1, shared weights, operations in any order."""

from __future__ import annotations

from agreement import check_agreement, draw
from hypothesis import given, settings
from hypothesis import strategies as st
from texts import net

WIDTHS = st.sampled_from([1, 2, 3])

# A layer takes h[n,{d}] to {new}[n,{d}]; {k} numbers it. Weights of the same size are shared.
SAME = [
    "{new} = tanh({h} @ S{d} + c{d})",
    "{new} = relu({h} @ S{d})",
    "{new} = {h}*sigma({h})",
    "{new} = {h} + sin({h} @ S{d})",
    "{new} = where({h} > c{d}, {h}, 0.1*{h}*{h})",
    "{new} = abs({h}) - c{d}**2",
    "{new} = softmax({h} @ S{d})",
    "{new} = log_softmax({h}*c{d})",
    "{new} = {h}/(1 + {h}**2)",
    "{new} = {h} - max({h}, axis=1, keepdims=true)*c{d}",
    "{new} = max({h}, c{d}) + min({h}, 0.5)",
    "{new} = exp(-{h}**2)*{h} + 1/(1 + exp({h}))",
    "{new} = gelu({h}) + elu({h})",
    "{new}[i,j] = {h}[i,j]*prod[k<{d}](c{d}[k] + {h}[i,k]) + {h}[i,0]",
    "{new}[i,j] = inside({h}[i,j-1]*c{d}[j] + {h}[i,j+1]*{h}[i,j])",
    "{new}[i,j] = {h}[i,{d}-1-j]*{first}[i,j]",
    "{new}[i,j] = sum[k]({h}[i,k]*S{d}[k,j]*S{d}[j,k]) + S{d}[j,j]",
    "e{k} = exp({h})\ns{k}[i] = sum[j](e{k}[i,j])\n{new}[i,j] = e{k}[i,j]/s{k}[i] + log(s{k}[i])",
    "q{k} = sigma({h})\n{new} = log(q{k})*{h} + log(1 - q{k})",
    "{new}[i,j] = logsumexp[k]({h}[i,k])*c{d}[0] + mean[r]({h}[r,j])",
    "{new} = concat({h}, {h}*{h}, axis=1) @ concat(S{d}, S{d})",
    "{new} = transpose(reshape(transpose({h}), ({d}, n)))*{h}",
    "{new}[i,j] = {h}[i,pick[j]-pick[j]+j]*c{d}[j]",
]
LOSSES = [
    "loss L = sum({h}**2)",
    "loss L = sum[i,j](tanh({h}[i,j]))",
    "loss L = logsumexp[i,j]({h}[i,j]*c{d}[j])",
    "loss L = max[i,j]({h}[i,j])*sum({h})",
    "loss L = sum(cross_entropy({h}, softmax({first} @ V{d})))",
    "loss L = sqrt(1 + sum({h}*{h}))",
]


@st.composite
def texts(draw_: st.DrawFn, longest: int = 4) -> str:
    d = first_width = draw_(WIDTHS)
    lines = [f"input x[n,{d}]", "input pick[3] : integer"]
    used, h = {d}, "x"
    for k in range(draw_(st.integers(0, longest))):
        if draw_(st.integers(0, 3)) == 0:  # to another width, where the first layer cannot be read any more
            new_width = draw_(WIDTHS)
            lines += [f"param T{k}[{d},{new_width}]", f"h{k} = {h} @ T{k}"]
            d = new_width
        else:
            layer = draw_(st.sampled_from([s for s in SAME if "{first}" not in s or d == first_width]))
            layer = layer if "pick" not in layer or d == 3 else "{new} = {h}*c{d}"
            lines.append(layer.format(new=f"h{k}", h=h, d=d, k=k, first="x"))
        used.add(d)
        h = f"h{k}"
    lines.append(draw_(st.sampled_from(LOSSES)).format(h=h, d=d, first="x"))
    weights = [f"param S{u}[{u},{u}]\nparam c{u}[{u}]\nparam V{u}[{first_width},{u}]" for u in sorted(used)]
    return "\n".join(weights + lines) + "\n"


@settings(max_examples=40, deadline=None)
@given(text=texts(), n=st.sampled_from([1, 2, 3]), seed=st.integers(0, 9))
def test_gradients_agree_with_an_independent_derivative(text: str, n: int, seed: int) -> None:
    loaded = net(text)
    assert loaded.loss is not None
    real = [leaf for leaf in (*loaded.params, *loaded.inputs) if not leaf.integer]
    check_agreement(loaded.loss, real, draw([loaded.loss, *real], seed, n=n))


@settings(max_examples=15, deadline=None)
@given(text=texts(longest=2), n=st.sampled_from([1, 2]), seed=st.integers(0, 9))
def test_second_derivatives_agree_too(text: str, n: int, seed: int) -> None:
    loaded = net(text)
    assert loaded.loss is not None
    real = [leaf for leaf in (*loaded.params[:2], *loaded.inputs) if not leaf.integer]
    check_agreement(loaded.loss, real, draw([loaded.loss, *real], seed, n=n), order_=2)


@settings(max_examples=15, deadline=None)
@given(text=texts(longest=2), n=st.sampled_from([0, 2]))
def test_inner_tensors_move_freely_and_jacobians_agree(text: str, n: int) -> None:
    loaded = net(text.replace("logsumexp[i,j]", "sum[i,j]").replace("max[i,j]", "sum[i,j]") if n == 0 else text)
    inner = [node for name, node in loaded.nodes.items() if name[0] in "hesq"]
    if n and loaded.loss is not None:
        check_agreement(loaded.loss, inner, draw([loaded.loss, *inner], n=n))
    if inner:
        check_agreement(inner[-1], [loaded["x"]], draw([inner[-1], loaded["x"]], n=n))
