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


LENET = """given
  x[n, 1, 28, 28]
  w[6, 1, 5, 5]
  z[n,o,p,q] = sum[c,r,s](x[n,c,p+r,q+s]*w[o,c,r,s])
  a = relu(z)
  h[n,o,p,q] = max[u<2,v<2](a[n,o,2*p+u,2*q+v])
  V[864, 10]
  y = flatten(h) @ V
  K = sum(z**2)/2
  L = sum(y**2)/2
"""


def test_the_sizes_of_images_are_as_good_as_small_ones():
    right = "show dK/dw[o,c,r,s]\n = sum[n,p,q](z[n,o,p,q]*x[n,c,p+r,q+s])\n"
    assert statuses(LENET + right) == ["true"]
    assert statuses(LENET + right.replace(")\n", ")/2\n")) == ["false"]
    assert statuses(LENET + "show dL/dV[i,j]\n = sum[n](y[n,j]*flatten(h)[n,i])\n") == ["true"]


def test_a_number_that_is_made_of_sizes_is_not_called_wrong_at_other_sizes():
    assert statuses(LENET + "show mean[p,q](z[n,o,p,q])\n = sum[p,q](z[n,o,p,q])/576\n") == ["undecided"]
    given = "given\n x[30, 100]\n"
    assert statuses(given + "show mean[i,j](x[i,j])\n = sum[i,j](x[i,j])/3000\n") == ["true"]
    assert statuses(given + "show mean[i,j](x[i,j])\n = sum[i,j](x[i,j])/300\n") == ["false"]


def test_what_differs_only_at_larger_places_or_sizes_is_seen():
    given = "given\n x[n]\n"
    lines = [
        "sum[i](where(i >= 5, x[i], 0))",
        "sum[i](where(i == 5, x[i], 0))",
        "sum[i](x[i]*relu(i - 6))",
        "sum[i](x[i])*where(n >= 6, 1, 0)",
        "sum[i](x[i])*where(n == 7, 1, 0)",
        "sum[i](x[i])*(n - 1)*(n - 2)*(n - 3)*(n - 4)*(n - 5)*(n - 6)*(n - 7)*(n - 8)",
    ]
    assert [statuses(f"{given}show {line}\n = 0\n") for line in lines] == [["false"]] * len(lines)
    assert statuses("given\n x[100,100]\nshow sum[i,j](where(i > 50, x[i,j], 0))\n = 0\n") == ["false"]


def test_an_index_that_reads_backwards_runs_over_the_whole_axis():
    given = "given\n x[n]\n r[i] = x[n-1-i]\n L = sum[i](r[i]*c)\n"
    assert statuses(given + "show sum[i](x[n-1-i]) = sum[i](x[i])\n") == ["true"]
    assert statuses(given + "show max[i](r[i]) = max[i](x[i])\n") == ["true"]
    assert statuses(given + "show dL/dx[j] = c\n") == ["true"]


def test_an_extent_may_be_calculated():
    assert statuses("show sum[i<2**3](x) = 8*x\n") == ["true"]
    assert statuses("show sum[i<10**9](x) = 10**9*x\n") == ["undecided"]


DENSE = "given\n x[n, m]\n W[m, k]\n t[n, k]\n y[i,j] = sum[r](x[i,r]*W[r,j])\n L = sum((y - t)**2)/2\n"


def test_a_whole_tensor_is_compared_with_one_of_its_elements_where_the_indices_say_which():
    right = "show dL/dW\n = sum[i](x[i,r]*(y[i,j] - t[i,j]))\n = transpose(x) @ (y - t)\n"
    assert statuses(DENSE + right) == ["true", "true"]
    assert statuses(DENSE + right.replace("y[i,j] - t[i,j]", "t[i,j] - y[i,j]")) == ["false", "false"]
    assert statuses(DENSE + "show dL/dy\n = y[i,j] - t[i,j]\n") == ["true"]


def test_a_whole_tensor_is_not_one_of_its_elements_where_an_index_is_too_many_or_could_be_any():
    assert statuses(DENSE + "show dL/dW\n = x[i,r]*(y[i,j] - t[i,j])\n") == ["false"]
    assert statuses("given\n A[n, n]\nshow A\n = A[j,i]\n") == ["false"]
    assert statuses(DENSE + "show L\n = (y[i,j] - t[i,j])**2/2\n") == ["false"]
