"""How long axes are: what a written length says, what a free one may not be made, and small ones in place of large."""

from __future__ import annotations

from graphc.judge.check import check
from graphc.language.expression import Source


def statuses(text):
    """Of the lines that are compared with one before."""
    return [line.status for line in check(Source("f.deriv", text)).lines][1:]


def test_a_free_length_is_no_written_one_so_that_a_transposed_read_is_false():
    given = "given\n x[n, 1]\n"
    assert statuses(given + "show sum[i,j](x[i,j]**2)\n = sum[i,j](x[i,j]*x[j,i])\n") == ["false"]
    assert statuses(given + "show x[i,j]\n = x[j,i]\n") == ["false"]
    assert statuses(given + "show sum[i,j](x[i,j]**2)\n = sum[i](x[i,0]**2)\n") == ["true"]


def test_an_index_that_is_said_to_stop_leaves_the_rest_of_a_longer_axis():
    given = "given\n x[n]\n w[n]\n s = sum[i<3](x[i]*w[i])\n"
    assert statuses(given + "show ds/dx[j]\n = where(j < 3, w[j], 0)\n") == ["true"]
    found = check(Source("f.deriv", given + "show sum[i<3](x[i])\n = sum[i](x[i])\n")).first_false
    assert len(found.witness.at["x"]) > 3
