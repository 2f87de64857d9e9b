"""Data: made sets, bundled sets and files, and how their columns meet the inputs of a network.

`read` gives what a name or a file holds, `fit_to` shapes it to a network, and the `Feed` that comes of it gives
batches. Everything is imported from its home, so that the names of the sets are there before NumPy is.
"""
