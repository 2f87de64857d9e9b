def error(x, t, a, b):
    return ((a * x + b - t) ** 2).mean()


def gradients(x, t, a, b):
    slope = 2 * (a * x + b - t) / len(x)
    return slope @ x, slope.sum()


slope = "2*(y[i] - t[i])/n"
