"""The grader: students' layers, gradients, formulas and derivations against references compiled from a model."""
