"""Learning: data, layers, optimisers and runs, on the compiled program."""
