"""The rules, one equation a line. They hold wherever both sides are defined.

`EXPONENTIAL` is applied before differentiating: it gives the forms that people write out by hand the names under
which they are computed with care. `STABLE` is applied to what is computed, after everything has cancelled.
"""

from __future__ import annotations

from ..graph.scalar import ONE, Scalar, add, apply, divide, mul, negative, number, power, subtract
from .rewrite import Rule, any_

z, w, c = any_("z"), any_("w"), any_("c")


def exp(u: Scalar) -> Scalar:
    return apply("exp", u)


def log(u: Scalar) -> Scalar:
    return apply("log", u)


def sigma(u: Scalar) -> Scalar:
    return apply("sigma", u)


def softplus(u: Scalar) -> Scalar:
    return apply("softplus", u)


# twice the hyperbolic sine and cosine
sinh, cosh = subtract(exp(z), exp(negative(z))), add(exp(z), exp(negative(z)))
HALVED = negative(apply("tanh", divide(z, number(2))))

EXPONENTIAL = (
    Rule("exponential of a logarithm", exp(log(z)), z, "exp undoes log"),
    Rule("logarithm of an exponential", log(exp(z)), z, "log undoes exp"),
    Rule(
        "logarithm of a product with an exponential", log(mul(exp(z), w)), add(z, log(w)), "the exponential is undone"
    ),
    Rule("product of exponentials", mul(exp(z), exp(w)), exp(add(z, w)), "exponents add, and only their sum must fit"),
    Rule("power of an exponential", power(exp(z), c), exp(mul(c, z)), "exponents multiply"),
    Rule("sigmoid", power(add(ONE, exp(z)), -1), sigma(negative(z)), "this is the sigmoid, computed without overflow"),
    Rule("sigmoid as a quotient", mul(exp(z), sigma(negative(z))), sigma(z), "eᶻ/(1 + eᶻ) is the sigmoid"),
    Rule("odds", mul(sigma(z), power(subtract(ONE, sigma(z)), -1)), exp(z), "σ/(1 − σ) is e to the logit"),
    Rule("hyperbolic tangent", mul(sinh, power(cosh, -1)), apply("tanh", z), "computed without overflow"),
    Rule("hyperbolic tangent", mul(subtract(ONE, exp(z)), sigma(negative(z))), HALVED, "computed without overflow"),
    Rule("its negative", mul(subtract(exp(z), ONE), sigma(negative(z))), negative(HALVED), "computed without overflow"),
    Rule("softplus", log(add(ONE, exp(z))), softplus(z), "computed as z + log(1 + e⁻ᶻ) where z is large"),
)

STABLE = (
    *EXPONENTIAL,
    Rule("logarithm of a reciprocal", log(power(z, -1)), negative(log(z)), "no division"),
    Rule("logarithm of a sigmoid", log(sigma(z)), negative(softplus(negative(z))), "finite where σ underflows"),
    Rule(
        "logarithm of one minus a sigmoid", log(subtract(ONE, sigma(z))), negative(softplus(z)), "finite where σ is 1"
    ),
)
