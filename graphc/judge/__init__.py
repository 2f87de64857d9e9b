"""Written derivations: are two lines equal, and if not, where do they differ?

Both lines become one graph of scalars at small sizes; that one graph is evaluated in balls, in floats and in finite
fields. Nothing here knows the gradients that the compiler finds: derivatives are taken forward, scalar by scalar.
"""
