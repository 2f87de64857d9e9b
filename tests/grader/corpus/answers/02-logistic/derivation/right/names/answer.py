slope = "(sigma(theta*x) - y) * x"
