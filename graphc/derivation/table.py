"""The rules by which derivations are written, one row a rule: what it is called, what it says and why it holds.

`python -m graphc.derivation.table` prints them as the page `docs/rules.md`. The rules by which a program is made safe
for large numbers are read from `calculus.rules`, so that the page cannot fall behind them.
"""

from __future__ import annotations

from dataclasses import dataclass

from ..calculus.rules import STABLE
from ..graph.scalar import Apply, Number, Scalar
from ..graph.text import OPERATIONS, rational
from ..language.expression import Expression, Name
from ..language.text import text


@dataclass(frozen=True)
class Row:
    """One rule. `why` is one sentence for a learner; `condition` is what must hold, or nothing."""

    name: str
    title: str
    equation: str
    why: str
    condition: str = ""


FIRST = "a tie goes to the first"

GRAPH = (
    Row("local derivative", "Local derivative", "∂u/∂v, with every other named tensor held",
        "One equation is looked at by itself: how does u move when only v moves?"),
    Row("direct derivative", "Direct derivative", "∂u/∂v|direct, with every other named tensor held",
        "v reaches u in other ways too; here all of them stand still, so this is not yet the whole derivative."),
    Row("chain rule", "Chain rule", "∂L/∂v = ∂L/∂u · ∂u/∂v",
        "v reaches L through u, so the rates of the two stages multiply."),
    Row("sum over paths", "Chain rule, several paths", "∂L/∂v = ∂L/∂u₁ · ∂u₁/∂v + ∂L/∂u₂ · ∂u₂/∂v",
        "v reaches L along several paths, and what they carry adds up."),
    Row("sum over elements", "Chain rule, element by element", "∂L/∂v[j] = Σᵢ ∂L/∂u[i] · ∂u[i]/∂v[j]",
        "v[j] moves every element u[i] that reads it, and each passes its share on."),
    Row("start", "The start", "∂L/∂L = 1", "L moves exactly as much as L does."),
    Row("put in", "Factors put in", "dL/dy · dy/da = (…) · (…)",
        "Each factor is replaced by what it was found to be."),
    Row("named value", "A value that has a name", "f(a) = y, where y = f(a) is an equation of the network",
        "This value has been computed already, so its name is read instead."),
    Row("equation", "An equation put in", "y = f(a), where that is an equation of the network",
        "The name is replaced by what it stands for."),
    Row("name a part", "A part gets a name", "m = the part",
        "A long formula is easier to differentiate in stages, so a part of it gets a name."),
    Row("draw", "A mask is drawn", "mask[i] = dropout(1, rate)",
        "While training each element is drawn, 0 or 1/(1 − rate), and else all are 1: nothing moves it."),
    Row("same again", "The same again", "the steps of one layer, with the names of another",
        "This layer has the form of one before it, so the same steps lead to the same result."),
    Row("nothing to do", "No influence", "∂L/∂w = 0", "Nothing that L is made from reads w."),
    Row("no slope", "No slope on the way", "∂L/∂w = 0, where ∂u/∂v = 0 on each path from w to L",
        "Each path has a factor 0, so small moves of w change nothing, and no gradient says where to go."),
    Row("result", "Result", "∂L/∂w in the names of the network",
        "This is the gradient, and the formula that the program computes."),
)  # fmt: skip

INDEX = (
    Row("delta", "An element by itself", "∂x[i]/∂x[j] = δᵢⱼ",
        "An element moves with itself and with no other one: the delta is 1 where i = j and 0 elsewhere."),
    Row("a sum over a delta", "The delta picks one term", "Σᵢ δᵢⱼ · f(i) = f(j)",
        "Every term but the one with i = j is multiplied by 0.", "j is among the values of i"),
    Row("tie", "The delta ties two indices", "δᵢⱼ · f(i) = δᵢⱼ · f(j)",
        "Where the delta is not 0 the two indices are the same one."),
    Row("sum of deltas", "The delta drops out", "∂u[i]/∂x[j] is 0 unless i = j, so it is written for i = j",
        "Element j of the one depends on element j of the other alone, so one index says all."),
    Row("linearity", "Linearity of a sum", "Σᵢ (a·f(i) + b·g(i)) = a·Σᵢ f(i) + b·Σᵢ g(i)",
        "What is added can be added in any order, and what does not depend on i can be drawn out.",
        "a and b do not depend on i"),
    Row("derivative of a sum", "Sum rule under Σ", "∂(Σᵢ f(i))/∂v = Σᵢ ∂f(i)/∂v",
        "A sum moves by the sum of the moves of its terms."),
    Row("mean", "A mean is a sum", "meanᵢ f(i) = 1/n · Σᵢ f(i)", "A mean of n values is their sum divided by n."),
    Row("constant under a sum", "The same n times", "Σᵢ c = n·c", "The term does not depend on the index, and there "
        "are n of them.", "c does not depend on i"),
    Row("shares of one", "Shares of one", "Σₖ t[k] = 1",
        "A one-hot row has a single 1, and the shares of a distribution make up the whole.",
        "t is declared one_hot or distribution"),
    Row("deviations from a mean", "Deviations from a mean", "Σᵢ (x[i] − mean(x)) = 0",
        "What lies above the mean and what lies below it are equally much."),
    Row("winner", "Only the largest moves a maximum", "∂(maxᵢ f(i))/∂f(j) = 1 where j wins, else 0",
        "Moving a value that is not the largest changes nothing.", FIRST),
    Row("least", "Only the smallest moves a minimum", "∂(minᵢ f(i))/∂f(j) = 1 where j wins, else 0",
        "Moving a value that is not the smallest changes nothing.", FIRST),
    Row("other factors", "Product rule, many factors", "∂(Πᵢ f(i))/∂f(j) = Π over i ≠ j of f(i)",
        "One factor moves, and all the others stand beside it as a constant."),
    Row("share of an exponential", "Share of one exponential", "∂(log Σᵢ e^f(i))/∂f(j) = e^(f(j) − log Σᵢ e^f(i))",
        "The derivative of the logarithm of a sum is the share that one term has in the sum."),
    Row("places", "Collected where it was read", "∂L/∂x[j] = Σ over the places m that read x[j]",
        "One element is read at several places, and what they pass back is added up where it came from."),
    Row("shift", "Read from the other side", "Σᵢ f(i), written at j = i + c, is f(j − c)",
        "A read that is shifted one way passes its derivative back shifted the other way.", "j − c is in range"),
    Row("rename", "Another letter", "Σᵢ f(i) = Σₖ f(k)", "A summed index may have any letter."),
)  # fmt: skip

SCALAR = (
    Row("constant", "Constant", "dc/dx = 0", "What does not change has rate 0."),
    Row("identity", "The variable itself", "dx/dx = 1", "x moves exactly as much as x does."),
    Row("sum rule", "Sum rule", "(u + v)′ = u′ + v′", "A sum moves by what its terms move together."),
    Row("constant factor", "Constant factor", "(c·u)′ = c·u′", "Stretching a value by c stretches its moves by c.",
        "c does not depend on x"),
    Row("product rule", "Product rule", "(u·v)′ = u′·v + u·v′",
        "First one factor moves while the other stands, then the other way round."),
    Row("quotient rule", "Quotient rule", "(u/v)′ = (u′·v − u·v′)/v²",
        "A quotient grows with what is above and shrinks with what is below.", "v ≠ 0"),
    Row("reciprocal rule", "Reciprocal rule", "(c/v)′ = −c·v′/v²",
        "This is the quotient rule where nothing moves above.", "v ≠ 0"),
    Row("power rule", "Power rule", "(uᵖ)′ = p·uᵖ⁻¹·u′", "The exponent comes down in front, and one power is used up.",
        "p does not depend on x"),
    Row("root", "Square root", "(√u)′ = u′/(2·√u)", "A root is the power 1/2, so this is the power rule.", "u > 0"),
    Row("exponential", "Exponential", "(eᵘ)′ = eᵘ·u′", "eᵘ grows at a rate equal to its own value."),
    Row("general exponential", "Exponential to any base", "(cᵘ)′ = cᵘ·log c·u′",
        "cᵘ is e to the u·log c.", "c > 0"),
    Row("varying power", "Base and exponent vary", "(uᵛ)′ = v·uᵛ⁻¹·u′ + uᵛ·log u·v′",
        "Both act: the base as in the power rule, the exponent as in an exponential.", "u > 0"),
    Row("logarithm", "Logarithm", "(log u)′ = u′/u", "The logarithm moves by the relative change of u.", "u > 0"),
    Row("sine", "Sine", "(sin u)′ = cos u · u′", "On the unit circle the height moves at the rate of the width."),
    Row("cosine", "Cosine", "(cos u)′ = −sin u · u′",
        "On the unit circle the width shrinks at the rate of the height."),
    Row("slope of the sigmoid", "Slope of the sigmoid", "σ′ = σ·(1 − σ)",
        "This follows from σ(a) = 1/(1 + e⁻ᵃ) by the quotient rule."),
    Row("slope of tanh", "Slope of tanh", "tanh′ = 1 − tanh²",
        "This follows from tanh z = (eᶻ − e⁻ᶻ)/(eᶻ + e⁻ᶻ) by the quotient rule."),
    Row("slope of softplus", "Slope of softplus", "softplus′ = σ", "This follows from softplus(z) = log(1 + eᶻ)."),
    Row("erf", "Error function", "erf(u)′ = 2/√π · e^(−u²) · u′", "erf is defined as the area under this bell curve."),
    Row("cases", "Case by case", "where(c, u, v)′ = where(c, u′, v′)",
        "Around each point only one of the formulas holds, and that one is differentiated.",
        "at the border itself the branch taken counts"),
    Row("relu", "Rectifier", "relu′(z) = 1 where z > 0, else 0",
        "A positive z goes through as it is; a negative one is replaced by the constant 0.", "relu′(0) = 0"),
    Row("maximum", "Maximum of two", "max(u, v)′ = u′ where u ≥ v, else v′", "The larger one decides.", FIRST),
    Row("minimum", "Minimum of two", "min(u, v)′ = u′ where u ≤ v, else v′", "The smaller one decides.", FIRST),
    Row("absolute value", "Absolute value", "|u|′ = sign(u)·u′", "|u| is u where u is positive and −u where it is "
        "negative.", "|·|′(0) = 0"),
    Row("flat", "Flat pieces", "sign′ = 0, step′ = 0", "Between its jumps the function is constant.",
        "not at the jump"),
    Row("definition", "Definition", "f(x) = the formula that f stands for", "The function is replaced by what it "
        "stands for."),
    Row("parts", "Inner and outer function", "y = f(u), u = g(x): y′ = f′(u)·g′(x)",
        "The inner part gets a name, so that each of the two functions can be differentiated by itself."),
)  # fmt: skip

ALGEBRA = (
    Row("cancel", "Cancelling", "a/b · b = a", "What stands above and below a stroke goes away.", "b ≠ 0"),
    Row("multiply out", "Multiplying out", "(a + b)·c = a·c + b·c", "Each term is multiplied, and then some of them "
        "cancel."),
    Row("collect", "Collecting", "a·c + b·c = (a + b)·c", "What all terms have in common is drawn out."),
    Row("like terms", "Like terms", "a·u + b·u = (a + b)·u", "Terms that differ in their numbers only are one term.",
        "a and b are numbers"),
    Row("equal factors", "Equal factors", "u·u = u²", "A factor that stands several times is a power.",
        "exponents are whole and above 0"),
    Row("power of a power", "Power of a power", "(cᵃ)ᵇ = cᵃᵇ", "Exponents multiply.", "c > 0"),
    Row("simplify", "Tidying up", "0 + a = a, 1·a = a, a − a = 0", "The same value, written more simply."),
    Row("arrange", "Written in another way", "e⁻ᵃ/(1 + e⁻ᵃ) = 1 − 1/(1 + e⁻ᵃ)",
        "The same value, arranged so that the parts show which it is said with."),
    Row("into branches", "A factor goes into the branches", "c·where(p, u, v) = where(p, c·u, c·v)",
        "The factor belongs to whichever branch is taken."),
)  # fmt: skip

POLICY = (
    Row("subgradient", "At a kink", "relu′(0) = 0, |·|′(0) = 0; a tie in max or min goes to the first",
        "At a kink there is no single slope, so one of the possible ones is agreed on, the same everywhere."),
    Row("branch taken", "At the border of two branches", "where(c, u, v)′ is that of the branch that c chooses",
        "The program computes that branch, so its derivative is taken."),
)  # fmt: skip

SAFE = (
    Row("stable form", "What the program computes instead", "the same values, by formulas that stay finite",
        "The formula is right on paper, but a computer would overflow or lose digits in it."),
    Row("exponents instead of exponentials", "Exponents instead of exponentials", "eᵃ/(eᵃ + eᵇ) = e^(a − log(eᵃ + eᵇ))",
        "Only the difference of the exponents must fit into a number of the computer."),
    Row("seen through the names", "Seen through the names", "log y, where y = eᵘ, is u",
        "What was split over several equations is looked at as one formula."),
    Row("complement of a sigmoid", "Complement of a sigmoid", "1 − σ(a) = σ(−a)",
        "Where σ(a) is nearly 1, the difference would lose its digits."),
    Row("zero first", "A zero is asked for first", "0/y = 0, 0·log y = 0",
        "The zero is exact and y is only rounded to 0, so the product is 0 and not undefined."),
)  # fmt: skip

STABILISING = tuple(dict.fromkeys(rule.name for rule in STABLE))


def _pattern(term: Scalar) -> Expression:
    """A side of a rule as it is written, its variables by their names."""
    if isinstance(term, Number):
        return rational(term.value)
    if isinstance(term, Apply):
        return OPERATIONS[term.operation]([_pattern(part) for part in term.arguments])
    ((variable, _),) = term.affine.terms  # type: ignore[attr-defined]
    return Name(variable.key[1])


def _stabilising(name: str) -> Row:
    rules = [rule for rule in STABLE if rule.name == name]
    equation = "; ".join(f"{text(_pattern(rule.left))} = {text(_pattern(rule.right))}" for rule in rules)
    why = rules[0].why
    return Row(name, name.capitalize(), equation, f"{why[:1].upper() if why[:2].isascii() else why[:1]}{why[1:]}.")


GROUPS: dict[str, tuple[Row, ...]] = {
    "Through the graph": GRAPH,
    "Sums and indices": INDEX,
    "Calculus of one variable": SCALAR,
    "Algebra": ALGEBRA,
    "What is agreed on at kinks": POLICY,
    "What the program computes instead": (*SAFE, *map(_stabilising, STABILISING)),
}

RULES: dict[str, Row] = {row.name: row for rows in GROUPS.values() for row in rows}

INTRODUCTION = """# The rules of a derivation

Every step of `graphc derive` names one of these rules. This page is written by `python -m graphc.derivation.table` from
the table that the derivations themselves use. A prime is a derivative by whatever the section is about.
"""


def page() -> str:
    """The table as a Markdown page."""
    parts = [INTRODUCTION]
    for title, rows in GROUPS.items():
        lines = [f"## {title}", "", "| rule | says | why | holds |", "| --- | --- | --- | --- |"]
        lines += [_line(row) for row in rows]
        parts.append("\n".join(lines) + "\n")
    return "\n".join(parts)


def _line(row: Row) -> str:
    cells = (row.title, row.equation, row.why, row.condition)
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


if __name__ == "__main__":
    print(page(), end="")
