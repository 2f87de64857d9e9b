# expected: constant-factor
def error(x, t, a, b):
    n = len(x)
    total = 0.0
    for i in range(n):
        total += (a * x[i] + b - t[i]) ** 2
    return total / n


def gradients(x, t, a, b):
    n = len(x)
    da, db = 0.0, 0.0
    for i in range(n):
        r = a * x[i] + b - t[i]
        da += 2 * r * x[i]
        db += 2 * r
    return da / n, db / n


slope = "(y[i] - t[i])/n"
